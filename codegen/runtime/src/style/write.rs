//! Writing the value of a parameter as a single string by its style: a path segment, a header, or the value of
//! a pair.

use crate::json::TextValue;
use crate::operation::{Parameter, ValueKind};
use crate::style::coding::Coding;
use crate::style::layout::{Elements, layout};

const NESTED: &str = "its style cannot express a list or an object within another one";
const COMMA: &str = "an element with a comma would be read as two elements of a header";
const SPACE: &str = "an element with a space would be read as two elements in the style `spaceDelimited`";

/// Writes the value of a parameter as a single string.
///
/// # Errors
/// Returns a message if the style cannot express the value.
pub(crate) fn write(parameter: &Parameter, value: &TextValue<'_>, coding: Coding) -> Result<String, &'static str> {
    let kind = match value {
        TextValue::Scalar(_) => ValueKind::Scalar,
        TextValue::List(_) => ValueKind::Array,
        TextValue::Map(_) => ValueKind::Object,
    };
    let layout = layout(parameter.style, kind, parameter.explode);
    let mut out = Text { out: String::from_iter(layout.prefix), delimiter: layout.delimiter, coding, elements: 0 };
    if layout.named {
        out.name(parameter.name);
    }
    match value {
        TextValue::Scalar(text) => coding.encode(text, &mut out.out),
        // In this style the prefix is part of each element, so an empty list is an empty string.
        TextValue::List(list) if list.is_empty() && layout.elements == Elements::NamedValues => out.out.clear(),
        TextValue::List(list) => {
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
                coding.encode(key, &mut out.out);
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

/// Writes the value of a header in the style `simple`. The result is `None` for an empty list or object.
pub(crate) fn header(value: TextValue<'_>, explode: bool) -> Result<Option<String>, &'static str> {
    if let TextValue::Scalar(text) = value {
        return Ok(Some(text.into_owned()));
    }
    let parameter = Parameter { explode, ..Parameter::header("") };
    write(&parameter, &value, Coding::Header).map(|text| Some(text).filter(|text| !text.is_empty()))
}

/// The state of writing a parameter's value as a single string.
struct Text {
    out: String,
    delimiter: char,
    coding: Coding,
    elements: usize,
}

impl Text {
    fn name(&mut self, name: &str) {
        self.coding.encode(name, &mut self.out);
        self.out.push('=');
    }

    /// Appends the delimiter between two elements of a parameter's value, except before the first element.
    fn delimit(&mut self) {
        self.elements += 1;
        match self.delimiter {
            _ if self.elements == 1 => {}
            ' ' => self.out.push_str("%20"),
            delimiter => self.out.push(delimiter),
        }
    }

    fn element(&mut self, value: &TextValue<'_>) -> Result<(), &'static str> {
        let TextValue::Scalar(text) = value else { return Err(NESTED) };
        match self.delimiter {
            ',' if self.coding == Coding::Header && text.contains(',') => return Err(COMMA),
            ' ' if text.contains(' ') => return Err(SPACE),
            _ => self.coding.encode(text, &mut self.out),
        }
        Ok(())
    }
}

/// Returns the encoded string of a scalar that is an element of an exploded list or object. A list or an object
/// is an error.
#[cfg(feature = "client")]
pub(super) fn scalar(value: &TextValue<'_>, coding: Coding) -> Result<String, &'static str> {
    let TextValue::Scalar(text) = value else { return Err(NESTED) };
    Ok(encoded(text, coding))
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
            let parameter = Parameter::path("color").style(style, explode);
            let written = |value: &TextValue<'_>| write(&parameter, value, Coding::Path);
            assert_eq!(written(&value("\"blue\"")).as_deref(), Ok(one));
            assert_eq!(written(&list).as_deref(), Ok(several));
            assert_eq!(written(&map).as_deref(), Ok(object));
        }
    }

    #[test]
    fn a_header_separates_its_elements_by_commas() {
        assert_eq!(header(value(r#"["a",1,true]"#), false), Ok(Some("a,1,true".to_owned())));
        assert_eq!(header(value(r#"{"a":1,"b":"c"}"#), false), Ok(Some("a,1,b,c".to_owned())));
        assert_eq!(header(value(r#"{"a":1,"b":"c"}"#), true), Ok(Some("a=1,b=c".to_owned())));
        assert_eq!(header(value(r#""a,b""#), false), Ok(Some("a,b".to_owned())));
        assert_eq!(header(value("[]"), false), Ok(None));
    }

    #[test]
    fn a_value_that_would_be_read_back_differently_is_rejected() {
        assert_eq!(header(value(r#"["a,b"]"#), false), Err(COMMA));
        assert_eq!(header(value("[[1]]"), false), Err(NESTED));
        let spaced = Parameter::query("x").style(Style::SpaceDelimited, false);
        assert_eq!(write(&spaced, &value(r#"["a b"]"#), Coding::Query), Err(SPACE));
    }

    #[test]
    fn a_written_value_is_read_back_unchanged() {
        use crate::style::parse::{Found, parse};
        let values = [
            (ValueKind::Scalar, r#""a b""#),
            (ValueKind::Array, r#"["a","b c"]"#),
            (ValueKind::Object, r#"{"k":"v","l":"w x"}"#),
        ];
        for style in [Style::Simple, Style::Label, Style::Matrix, Style::PipeDelimited] {
            for explode in [false, true] {
                for (kind, json) in values {
                    let parameter = Parameter::path("p").style(style, explode).kind(kind);
                    let text = write(&parameter, &value(json), Coding::Path).unwrap();
                    assert_eq!(
                        parse(&parameter, &text, Coding::Path),
                        Ok(Found::Text(value(json))),
                        "{style:?} {text}"
                    );
                }
            }
        }
    }
}
