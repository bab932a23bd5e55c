//! Writing the value of a parameter as a single string by its style: a path segment, a header, or the value of
//! a pair.

use std::borrow::Cow;

use crate::json::TextValue;
use crate::operation::{Parameter, Style, ValueKind};
use crate::style::coding::Coding;
use crate::style::layout::{Elements, Layout, layout};

/// The reason why a style or a location cannot express a value: the value would be read back as another one.
pub(crate) type Inexpressible = Cow<'static, str>;

pub(super) const NESTED: Inexpressible =
    Cow::Borrowed("its style cannot express a list or an object within another one");
pub(crate) const NULL: Inexpressible = Cow::Borrowed("null has no text; leave the value out, or send it as JSON");
pub(super) const ALONE: Inexpressible =
    Cow::Borrowed("a list with an empty string as its only element would be read as an empty list");
const KIND: Inexpressible = Cow::Borrowed("a list or an object would be read as a string");

/// The longest element that an error message shows.
const MOST_SHOWN: usize = 64;

/// Writes the value of a parameter as a single string.
///
/// # Errors
/// Returns a message if the style cannot express the value.
pub(crate) fn write(parameter: &Parameter, value: &TextValue<'_>, coding: Coding) -> Result<String, Inexpressible> {
    let kind = match value {
        TextValue::Null => return Err(NULL),
        TextValue::Scalar(_) => ValueKind::Scalar,
        TextValue::List(_) => ValueKind::Array,
        TextValue::Map(_) => ValueKind::Object,
    };
    if kind != ValueKind::Scalar && kind != parameter.kind {
        return Err(KIND);
    }
    let layout = layout(parameter.style, kind, parameter.explode);
    let mut out = Text { out: String::from_iter(layout.prefix), layout, coding, style: parameter.style, elements: 0 };
    if layout.named {
        out.name(parameter.name);
    }
    match value {
        TextValue::Null => return Err(NULL),
        // A list is read from this string if it contains a delimiter, except if each element is a pair of a query.
        TextValue::Scalar(text) if parameter.or_scalar && !(parameter.explode && coding == Coding::Query) => {
            out.piece("value", text)?;
        }
        TextValue::Scalar(text) => {
            if coding == Coding::Header {
                check_header(text)?;
            }
            coding.encode(text, &mut out.out);
        }
        // In this style the prefix is part of each element, so an empty list is an empty string.
        TextValue::List(list) if list.is_empty() && layout.elements == Elements::NamedValues => out.out.clear(),
        TextValue::List(list) => {
            if layout.elements != Elements::NamedValues && is_alone(list) {
                return Err(ALONE);
            }
            for element in list {
                out.delimit();
                if layout.elements == Elements::NamedValues {
                    out.name(parameter.name);
                }
                out.element(element)?;
            }
        }
        TextValue::Map(map) => {
            for (key, value) in map {
                out.delimit();
                out.key(key)?;
                match layout.elements {
                    Elements::Assignments => out.out.push('='),
                    _ => out.delimit(),
                }
                out.element(value)?;
            }
        }
    }
    Ok(out.out)
}

/// Writes the value of a header in a style.
///
/// # Errors
/// Returns a message if a header cannot contain the value.
pub(crate) fn header(value: &TextValue<'_>, style: Style, explode: bool) -> Result<String, Inexpressible> {
    let kind = match value {
        TextValue::Null | TextValue::Scalar(_) => ValueKind::Scalar,
        TextValue::List(_) => ValueKind::Array,
        TextValue::Map(_) => ValueKind::Object,
    };
    write(&Parameter::header("").style(style, explode).kind(kind), value, Coding::Header)
}

/// Checks that a header can contain a text as it is (RFC 9110 § 5.5).
///
/// # Errors
/// Returns a message if the text contains a control character, or begins or ends with white space, which a
/// recipient removes.
pub(crate) fn check_header(text: &str) -> Result<(), Inexpressible> {
    let fault = if text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        "contains a line break or another control character"
    } else if text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']) {
        "begins or ends with white space, which the recipient of a header removes"
    } else {
        return Ok(());
    };
    Err(format!("`{}` {fault}", shown(text)).into())
}

/// Returns true if the only element of a list is an empty string.
pub(super) fn is_alone(list: &[TextValue<'_>]) -> bool {
    matches!(list, [TextValue::Scalar(text)] if text.is_empty())
}

/// The state of writing a parameter's value as a single string.
struct Text {
    out: String,
    layout: Layout,
    coding: Coding,
    style: Style,
    elements: usize,
}

impl Text {
    fn name(&mut self, name: &str) {
        self.coding.encode(name, &mut self.out);
        self.out.push('=');
    }

    /// Appends the delimiter between two elements of a parameter's value, except before the first element.
    ///
    /// A space, a pipe and a tab are not valid in a URI, so they are encoded (OpenAPI 3.1.1, Appendix E).
    fn delimit(&mut self) {
        self.elements += 1;
        match self.layout.delimiter {
            _ if self.elements == 1 => {}
            delimiter @ (' ' | '|' | '\t') => self.coding.encode(delimiter.encode_utf8(&mut [0; 1]), &mut self.out),
            delimiter => self.out.push(delimiter),
        }
    }

    fn key(&mut self, key: &str) -> Result<(), Inexpressible> {
        // Text in a header is not encoded, so the first equals sign ends the key.
        if self.coding == Coding::Header && self.layout.elements == Elements::Assignments && key.contains('=') {
            return Err(format!("the key `{}` contains `=`, which would end the key", shown(key)).into());
        }
        self.piece("key", key)
    }

    fn element(&mut self, value: &TextValue<'_>) -> Result<(), Inexpressible> {
        match value {
            TextValue::Null => Err(NULL),
            TextValue::List(_) | TextValue::Map(_) => Err(NESTED),
            // RFC 9110 § 5.6.1.2: a recipient ignores the empty elements of a list.
            TextValue::Scalar(text)
                if text.is_empty() && self.coding == Coding::Header && self.layout.elements == Elements::Values =>
            {
                Err("an empty element of a list is ignored by the recipient of a header".into())
            }
            TextValue::Scalar(text) => self.piece("element", text),
        }
    }

    /// Appends a key or an element, unless it contains a delimiter that encoding does not protect.
    fn piece(&mut self, role: &str, text: &str) -> Result<(), Inexpressible> {
        let delimiter = self.layout.delimiter;
        let is_bare = self.coding == Coding::Header
            || matches!(self.style, Style::SpaceDelimited | Style::PipeDelimited | Style::TabDelimited)
            // A dot is unreserved, so an encoded dot is equivalent to a dot (RFC 3986 § 6.2.2.2).
            || delimiter == '.';
        if is_bare && text.contains(delimiter) {
            let (text, place) = (shown(text), self.place());
            return Err(format!("the {role} `{text}` contains `{delimiter}`, which would divide it in {place}").into());
        }
        if self.coding == Coding::Header {
            check_header(text).map_err(|message| format!("the {role} {message}"))?;
        }
        self.coding.encode(text, &mut self.out);
        Ok(())
    }

    fn place(&self) -> &'static str {
        match self.style {
            _ if self.coding == Coding::Header => "a header",
            Style::SpaceDelimited => "the style `spaceDelimited`",
            Style::PipeDelimited => "the style `pipeDelimited`",
            Style::TabDelimited => "the collection format `tsv`",
            _ => "the style `label`",
        }
    }
}

/// Returns the beginning of a text for an error message, with escaped control characters.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Returns the encoded string of a scalar that is an element of an exploded list or object. A list or an object
/// is an error.
#[cfg(feature = "client")]
pub(super) fn scalar(value: &TextValue<'_>, coding: Coding) -> Result<String, Inexpressible> {
    match value {
        TextValue::Scalar(text) => Ok(encoded(text, coding)),
        TextValue::Null => Err(NULL),
        TextValue::List(_) | TextValue::Map(_) => Err(NESTED),
    }
}

/// Encodes a string of a parameter for the part of the request that will contain it.
#[cfg(feature = "client")]
pub(super) fn encoded(text: &str, coding: Coding) -> String {
    let mut out = String::with_capacity(text.len());
    coding.encode(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Style;
    use crate::style::value::text_value;

    fn value(json: &str) -> TextValue<'static> {
        text_value(json.as_bytes()).unwrap()
    }

    #[test]
    fn every_style_of_a_path_is_written_as_the_specification_shows_it() {
        let (list, map) = (value(r#"["blue","black","brown"]"#), value(r#"{"R":100,"G":200,"B":150}"#));
        for (style, explode, one, several, object) in [
            (Style::Simple, false, "blue", "blue,black,brown", "R,100,G,200,B,150"),
            (Style::Simple, true, "blue", "blue,black,brown", "R=100,G=200,B=150"),
            (Style::Label, false, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
            (Style::Label, true, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
            (Style::Matrix, false, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
            (Style::Matrix, true, ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
        ] {
            let written = |value: &TextValue<'_>, kind| {
                write(&Parameter::path("color").style(style, explode).kind(kind), value, Coding::Path)
            };
            assert_eq!(written(&value("\"blue\""), ValueKind::Scalar).as_deref(), Ok(one));
            assert_eq!(written(&list, ValueKind::Array).as_deref(), Ok(several));
            assert_eq!(written(&map, ValueKind::Object).as_deref(), Ok(object));
        }
    }

    #[test]
    fn a_header_separates_its_elements_by_commas() {
        let header = |json: &str, explode| header(&value(json), Style::Simple, explode);
        assert_eq!(header(r#"["a",1,true]"#, false).as_deref(), Ok("a,1,true"));
        assert_eq!(header(r#"{"a":1,"b":"c"}"#, false).as_deref(), Ok("a,1,b,c"));
        assert_eq!(header(r#"{"a":1,"b":"c"}"#, true).as_deref(), Ok("a=1,b=c"));
        assert_eq!(header(r#""a,b""#, false).as_deref(), Ok("a,b"));
        assert_eq!(header("[]", false).as_deref(), Ok(""));
    }

    #[test]
    fn a_value_that_would_be_read_back_differently_is_rejected() {
        let header = |json: &str| header(&value(json), Style::Simple, true).unwrap_err();
        assert_eq!(header(r#"["x","a,b"]"#), "the element `a,b` contains `,`, which would divide it in a header");
        assert_eq!(header(r#"{"a=b":"c"}"#), "the key `a=b` contains `=`, which would end the key");
        assert!(header(r#"["x","a\nb"]"#).starts_with("the element `a\\nb` contains a line break"));
        assert!(header(r#"" a""#).starts_with("` a` begins or ends with white space"));
        assert!(header(r#"["a",""]"#).starts_with("an empty element"));
        assert_eq!(header("[[1]]"), NESTED);
        assert_eq!(header("[null]"), NULL);
        for (style, explode, json) in [
            (Style::SpaceDelimited, false, r#"["a b"]"#),
            (Style::PipeDelimited, false, r#"["a|b"]"#),
            (Style::Label, true, r#"["a.b"]"#),
            (Style::Form, false, r#"[""]"#),
        ] {
            let parameter = Parameter::query("x").style(style, explode).kind(ValueKind::Array);
            assert!(write(&parameter, &value(json), Coding::Query).is_err(), "{style:?} {json}");
        }
    }

    #[test]
    fn a_single_value_that_would_be_read_as_a_list_is_rejected() {
        let written = |style, explode, coding| {
            let parameter = Parameter::query("x").style(style, explode).kind(ValueKind::Array).or_scalar();
            write(&parameter, &value(r#""a,b|c.d""#), coding)
        };
        assert_eq!(written(Style::Form, false, Coding::Query).as_deref(), Ok("a%2Cb%7Cc.d"));
        assert_eq!(written(Style::PipeDelimited, true, Coding::Query).as_deref(), Ok("a%2Cb%7Cc.d"));
        let message = "the value `a,b|c.d` contains `|`, which would divide it in the style `pipeDelimited`";
        assert_eq!(written(Style::PipeDelimited, false, Coding::Query).unwrap_err(), message);
        assert!(written(Style::Label, true, Coding::Path).is_err());
        assert!(written(Style::Simple, false, Coding::Header).is_err());
    }

    #[test]
    fn a_written_value_is_read_back_unchanged() {
        use crate::style::parse::{Found, parse_list};
        let values = [
            (ValueKind::Scalar, r#""a b""#),
            (ValueKind::Array, r#"["a","b c",",;=%2C"]"#),
            (ValueKind::Array, "[]"),
            (ValueKind::Array, r#"["","a"]"#),
            (ValueKind::Object, r#"{"k":"v","l":"w x"}"#),
            (ValueKind::Object, r#"{"k,=;":",=;%","":""}"#),
            (ValueKind::Object, "{}"),
        ];
        for style in [Style::Simple, Style::Label, Style::Matrix, Style::PipeDelimited, Style::SpaceDelimited] {
            for explode in [false, true] {
                for (kind, json) in values {
                    let parameter = Parameter::path("p").style(style, explode).kind(kind);
                    let coding = if matches!(style, Style::Simple | Style::Label | Style::Matrix) {
                        Coding::Path
                    } else {
                        Coding::Query
                    };
                    let Ok(text) = write(&parameter, &value(json), coding) else { continue };
                    if text.is_empty() && style == Style::Matrix {
                        continue;
                    }
                    let found = parse_list(&parameter, &[&text], coding);
                    if explode && coding == Coding::Query && kind == ValueKind::Array {
                        // An exploded list of a query is one pair for each element.
                        continue;
                    }
                    assert_eq!(found, Ok(Found::Text(value(json))), "{style:?} {text}");
                }
            }
        }
    }

    #[test]
    fn a_delimited_list_is_read_as_it_was_written_in_every_location() {
        use crate::style::parse::{Found, parse_list};

        for style in [Style::SpaceDelimited, Style::PipeDelimited, Style::TabDelimited] {
            let parameter = Parameter::path("p").style(style, false).kind(ValueKind::Array);
            for coding in [Coding::Path, Coding::Query, Coding::Header] {
                for json in [r#"["a","b+c","d%20e",",;="]"#, r#"["a"]"#, "[]"] {
                    let text = write(&parameter, &value(json), coding).unwrap();
                    assert_eq!(parse_list(&parameter, &[&text], coding), Ok(Found::Text(value(json))), "{text}");
                }
                let delimiter = layout(style, ValueKind::Array, false).delimiter;
                let inside = TextValue::List(vec![TextValue::Scalar(format!("a{delimiter}b").into())]);
                write(&parameter, &inside, coding).unwrap_err();
            }
        }
    }
}
