//! The target URL of a client's request: base URL, path with its parameters, and query.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::http::template::{Piece, Segment, Template, match_mixed};

/// The characters that are percent-encoded in a URL path segment (RFC 3986 § 3.3).
const NOT_IN_SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Returns the URL path of a path template with its parameters filled in. `values` are already encoded.
pub(super) fn path(template: &'static str, values: &[(&'static str, String)]) -> Result<String, String> {
    let parsed = Template::parse(template);
    let mut names = parsed.names.iter();
    let mut next = || {
        let name = names.next().copied().unwrap_or_default();
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        match value {
            Some("") => Err(format!("the path parameter `{name}` must not be empty")),
            Some(value) => Ok(value),
            None => Err(format!("the path parameter `{name}` has no value")),
        }
    };
    let mut path = String::with_capacity(template.len() + 32);
    for segment in &parsed.segments {
        path.push('/');
        let start = path.len();
        match segment {
            Segment::Literal(text) => path.extend(utf8_percent_encode(text, NOT_IN_SEGMENT)),
            Segment::Parameter => path.push_str(next()?),
            Segment::Mixed(pieces) => {
                let mut places = Vec::new();
                for piece in pieces {
                    match piece {
                        Piece::Literal(text) => path.push_str(text),
                        Piece::Parameter => {
                            let before = path.len();
                            path.push_str(next()?);
                            places.push(before..path.len());
                        }
                    }
                }
                // The service divides the segment again, so it must find the values where they are.
                let mut found = Vec::new();
                let found_all = match_mixed(pieces, &path, start..path.len(), &mut found);
                if !found_all || !found.iter().map(|found| &found.at).eq(&places) {
                    return Err(format!("the parameters of `{template}` have values that cannot be told apart"));
                }
            }
        }
        // A service would resolve `.` and `..` as relative steps (RFC 3986 § 5.2.4).
        if matches!(&path[start..], "." | "..") {
            return Err(format!("`{}` cannot be a segment of a path", &path[start..]));
        }
    }
    Ok(path)
}

/// Appends encoded pairs to the query of a URL.
pub(super) fn with_query(mut url: String, query: &[String]) -> String {
    for pair in query {
        let separator = match url.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        url.push_str(separator);
        url.push_str(pair);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &'static str, values: &[(&'static str, &str)]) -> Result<String, String> {
        path(template, &values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn parameters_replace_their_placeholders() {
        assert_eq!(filled("/a/{id}/b:c", &[("id", "x%2Fy")]).as_deref(), Ok("/a/x%2Fy/b:c"));
        assert_eq!(filled("/{name}.{ext}/", &[("ext", "json"), ("name", "n")]).as_deref(), Ok("/n.json/"));
        assert_eq!(filled("/café au lait/%20", &[]).as_deref(), Ok("/caf%C3%A9%20au%20lait/%20"));
    }

    #[test]
    fn a_parameter_cannot_change_the_path() {
        for value in ["", ".", ".."] {
            assert!(filled("/a/{id}", &[("id", value)]).is_err(), "{value}");
        }
        assert_eq!(filled("/{a}.{b}", &[("a", "."), ("b", ".")]).as_deref(), Ok("/..."));
        assert_eq!(filled("/{a}.{b}", &[("a", "x.y"), ("b", "z")]).as_deref(), Ok("/x.y.z"));
        assert!(filled("/{a}.{b}", &[("a", "x"), ("b", "y.z")]).is_err());
        assert!(filled("/{id}", &[]).is_err());
    }

    #[test]
    fn pairs_are_appended_to_an_existing_query() {
        let pairs = ["a=1".to_owned(), "b=2".to_owned()];
        assert_eq!(with_query("http://x/".into(), &pairs), "http://x/?a=1&b=2");
        assert_eq!(with_query("http://x/?".into(), &pairs), "http://x/?a=1&b=2");
        assert_eq!(with_query("http://x/?c".into(), &pairs), "http://x/?c&a=1&b=2");
    }
}
