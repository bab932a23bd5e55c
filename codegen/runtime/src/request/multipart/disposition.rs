//! The header `Content-Disposition` of a part (RFC 7578 § 4.2): the name of its form field and its file name.

use crate::http::percent;

/// The names in the header `Content-Disposition` of a part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    /// The name of the form field (`name`).
    pub(super) name: Option<String>,
    /// The name of the uploaded file (`filename`), which the caller chooses. It is empty if a browser sends a file
    /// input without a file.
    pub(super) file_name: Option<String>,
}

const MALFORMED: &str = "the Content-Disposition of a part is malformed";

impl Disposition {
    /// Parses the value of a header `Content-Disposition`. Its parameters can be in any order, and their names have no
    /// case (RFC 2045 § 5.1, RFC 2183 § 2).
    ///
    /// RFC 7578 § 4.2 forbids the parameter `filename*`, which some clients send nonetheless. It is only read if the
    /// part has no `filename`.
    ///
    /// # Errors
    ///
    /// Returns a message if the value is malformed, or if it contains a parameter twice (RFC 6266 § 4.1).
    pub(super) fn parse(value: &str) -> Result<Disposition, &'static str> {
        let mut names = Disposition::default();
        let mut extended = None;
        // The disposition type is a token, so the first semicolon ends it.
        let mut rest = value.find(';').map_or("", |at| &value[at..]);
        while let Some(parameter) = rest.strip_prefix(';') {
            let parameter = parameter.trim_start();
            let end = parameter.find(['=', ';']).unwrap_or(parameter.len());
            let name = parameter[..end].trim_end().to_ascii_lowercase();
            rest = &parameter[end..];
            // A parameter without a value means nothing here.
            let Some(value) = rest.strip_prefix('=') else { continue };
            let value = value.trim_start();
            let text;
            (text, rest) = match value.strip_prefix('"') {
                Some(inside) => quoted(inside)?,
                None => token(value)?,
            };
            let slot = match name.as_str() {
                "name" => &mut names.name,
                "filename" => &mut names.file_name,
                "filename*" => &mut extended,
                _ => continue,
            };
            if slot.replace(text).is_some() {
                return Err("the Content-Disposition of a part contains a parameter twice");
            }
        }
        names.file_name = names.file_name.or_else(|| extended_value(&extended?));
        Ok(names)
    }
}

/// Parses a quoted string (RFC 9110 § 5.6.4) after its opening quote. Returns its value and the rest of the header,
/// which is empty or begins with a semicolon.
///
/// Only a quote and a backslash can be escaped. Browsers do not escape a backslash, so any other one is a character of
/// the value. Browsers encode a quote and a line break by percent signs (WHATWG HTML § 4.10.22.8).
fn quoted(inside: &str) -> Result<(String, &str), &'static str> {
    let mut text = String::new();
    let mut letters = inside.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let rest = inside[at + 1..].trim_start();
                let text = if text.contains('%') { without_escapes(&text) } else { text };
                return if rest.is_empty() || rest.starts_with(';') { Ok((text, rest)) } else { Err(MALFORMED) };
            }
            '\\' if inside[at + 1..].starts_with(['"', '\\']) => text.extend(letters.next().map(|(_, letter)| letter)),
            _ => text.push(letter),
        }
    }
    Err(MALFORMED)
}

/// Replaces the escapes that browsers write in names.
fn without_escapes(text: &str) -> String {
    let text = text.replace("%22", "\"");
    text.replace("%0D", "\r").replace("%0d", "\r").replace("%0A", "\n").replace("%0a", "\n")
}

/// Parses a value without quotes, up to the next semicolon. Returns the value and the rest of the header.
fn token(value: &str) -> Result<(String, &str), &'static str> {
    let (text, rest) = value.split_at(value.find(';').unwrap_or(value.len()));
    if text.contains('"') { Err(MALFORMED) } else { Ok((text.trim_end().to_owned(), rest)) }
}

/// Decodes the value of an extended parameter (RFC 8187 § 3.2) in UTF-8: `UTF-8'en'%e2%82%ac`.
fn extended_value(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '\'');
    let (charset, _language, value) = (parts.next()?, parts.next()?, parts.next()?);
    charset.eq_ignore_ascii_case("utf-8").then(|| percent::decode(value).map(Into::into))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(value: &str) -> (Option<String>, Option<String>) {
        let Disposition { name, file_name } = Disposition::parse(value).unwrap();
        (name, file_name)
    }

    fn both(name: &str, file: &str) -> (Option<String>, Option<String>) {
        (Some(name.to_owned()), Some(file.to_owned()))
    }

    #[test]
    fn a_file_name_cannot_choose_the_field() {
        assert_eq!(names(r#"form-data; filename="x; name=title; y"; name="file""#), both("file", "x; name=title; y"));
        assert_eq!(names(r#"form-data; filename="\"; name=\"title"; name=file"#), both("file", r#""; name="title"#));
        assert_eq!(names(r#"form-data; filename=" name=\\"; name="file""#), both("file", r" name=\"));
        assert_eq!(names(r#"form-data; xname="title"; name="file"; filename=a"#), both("file", "a"));
        assert_eq!(names(r#"form-data; filename="name=title""#), (None, Some("name=title".to_owned())));
    }

    #[test]
    fn parameters_have_any_order_and_case_and_optional_quotes() {
        assert_eq!(names("form-data;NAME = a ;FileName= b.txt"), both("a", "b.txt"));
        assert_eq!(names(r#"Form-Data ; FILENAME="" ; Name="a;b" ; "#), both("a;b", ""));
        assert_eq!(names("form-data; alone; name=a; filename="), both("a", ""));
        assert_eq!(names("form-data"), (None, None));
        assert_eq!(names("attachment;;name=é"), (Some("é".to_owned()), None));
    }

    #[test]
    fn the_escapes_of_browsers_are_decoded() {
        assert_eq!(
            names(r#"form-data; name="a%22b%0D%0ac%20"; filename="C:\tmp\x""#),
            both("a\"b\r\nc%20", r"C:\tmp\x")
        );
    }

    #[test]
    fn an_extended_file_name_is_only_read_without_a_plain_one() {
        let euro = "filename*=UTF-8''%e2%82%ac%20rates";
        assert_eq!(names(&format!("form-data; name=a; {euro}")), both("a", "€ rates"));
        assert_eq!(names(&format!("form-data; name=a; {euro}; filename=plain")), both("a", "plain"));
        assert_eq!(names("form-data; name=a; filename*=x''%ff"), (Some("a".to_owned()), None));
        assert_eq!(names("form-data; name*=UTF-8''title"), (None, None));
    }

    #[test]
    fn a_malformed_or_repeated_parameter_is_rejected() {
        for value in [r#"form-data; name="a"#, r#"form-data; name="a"b"#, r#"form-data; name=a"b""#, r#"a; name="a\""#]
        {
            assert_eq!(Disposition::parse(value), Err(MALFORMED), "{value}");
        }
        for value in [r#"form-data; name=a; NAME="b""#, "form-data; filename=a; filename=a"] {
            let twice = "the Content-Disposition of a part contains a parameter twice";
            assert_eq!(Disposition::parse(value), Err(twice), "{value}");
        }
    }
}
