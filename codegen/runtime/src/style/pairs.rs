//! Writing the value of a parameter as `name=value` pairs of a query, of cookies or of a form.

use crate::json::TextValue;
use crate::operation::{Parameter, Style, ValueKind};
use crate::style::brackets::DEEPEST;
use crate::style::coding::Coding;
use crate::style::spread::is_spread;
use crate::style::write::{ALONE, Inexpressible, NESTED, NULL, encoded, is_alone, scalar, write};

const EMPTY: Inexpressible =
    Inexpressible::Borrowed("an empty object has no pairs, so it would be read as absent; leave it out");
const BRACKETS: Inexpressible = Inexpressible::Borrowed("a key that is empty or contains a bracket would be misread");
const COOKIE: Inexpressible = Inexpressible::Borrowed("its name is not a token, so it cannot be that of a cookie");

/// Pairs of a query, of cookies or of a form: names and values, both encoded.
pub(crate) type Pairs = Vec<(String, String)>;

/// Writes the value of a parameter as encoded `name=value` pairs of a query or of cookies.
///
/// # Errors
/// Returns a message if the style cannot express the value.
pub(crate) fn pairs(parameter: &Parameter, value: &TextValue<'_>, coding: Coding) -> Result<Pairs, Inexpressible> {
    let mut all = Vec::new();
    match value {
        TextValue::Map(map) if map.is_empty() && is_spread(parameter) => return Err(EMPTY),
        TextValue::List(list) if parameter.explode && parameter.kind == ValueKind::Array => {
            repeated(&pair_name(parameter.name, coding)?, list, coding, &mut all)?;
        }
        TextValue::Map(_) if parameter.style == Style::DeepObject => {
            bracketed(&encoded(parameter.name, coding), value, 1, &mut all)?;
        }
        TextValue::Map(map) if is_spread(parameter) => {
            for (key, value) in map {
                let name = pair_name(key, coding)?;
                match value {
                    TextValue::List(list) => repeated(&name, list, coding, &mut all)?,
                    value => all.push((name, scalar(value, coding)?)),
                }
            }
        }
        value => all.push((pair_name(parameter.name, coding)?, write(parameter, value, coding)?)),
    }
    Ok(all)
}

/// Returns the name of a pair as it is sent. The name of a cookie is a token and is never decoded (RFC 6265
/// § 4.1.1): otherwise `__%48ost-a` could pass for `__Host-a`.
fn pair_name(name: &str, coding: Coding) -> Result<String, Inexpressible> {
    let is_token = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
    match coding {
        Coding::Cookie | Coding::Header if name.is_empty() || !name.bytes().all(is_token) => Err(COOKIE),
        Coding::Cookie | Coding::Header => Ok(name.to_owned()),
        _ => Ok(encoded(name, coding)),
    }
}

/// Appends the elements of a list as pairs of one name. An empty list is the name with an empty value, since the
/// receiver could not tell it from an absent list without a pair.
fn repeated(name: &str, list: &[TextValue<'_>], coding: Coding, all: &mut Pairs) -> Result<(), Inexpressible> {
    if is_alone(list) {
        return Err(ALONE);
    }
    if list.is_empty() {
        all.push((name.to_owned(), String::new()));
    }
    for element in list {
        all.push((name.to_owned(), scalar(element, coding)?));
    }
    Ok(())
}

/// Appends a value of any nesting depth as pairs with bracketed names such as `a[b]`, whose brackets are encoded
/// (OpenAPI 3.1.1, Style Examples). A list of scalars repeats its name. `depth` is the number of keys in the name.
///
/// # Errors
/// Returns a message if a key contains a bracket, or if a value has no text.
pub(crate) fn bracketed(name: &str, value: &TextValue<'_>, depth: usize, all: &mut Pairs) -> Result<(), Inexpressible> {
    let is_scalar = |element: &TextValue<'_>| matches!(element, TextValue::Scalar(_));
    match value {
        TextValue::Null => Err(NULL),
        TextValue::Map(map) if map.is_empty() => Err(EMPTY),
        TextValue::Scalar(text) => {
            all.push((name.to_owned(), encoded(text, Coding::Query)));
            Ok(())
        }
        TextValue::List(list) if list.iter().all(is_scalar) => repeated(name, list, Coding::Query, all),
        TextValue::List(_) | TextValue::Map(_) if depth > DEEPEST => Err(NESTED),
        TextValue::List(list) => list
            .iter()
            .enumerate()
            .try_for_each(|(at, element)| bracketed(&format!("{name}%5B{at}%5D"), element, depth + 1, all)),
        TextValue::Map(map) => map.iter().try_for_each(|(key, value)| {
            check_key(key)?;
            bracketed(&format!("{name}%5B{}%5D", encoded(key, Coding::Query)), value, depth + 1, all)
        }),
    }
}

/// Checks that the key of an object can be a part of a bracketed name.
///
/// # Errors
/// Returns a message if the key is empty or contains a bracket.
pub(crate) fn check_key(key: &str) -> Result<(), Inexpressible> {
    if key.is_empty() || key.contains(['[', ']']) { Err(BRACKETS) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::value::text_value;

    #[test]
    fn every_style_of_a_query_is_written_as_the_specification_shows_it() {
        let query = |style, explode, kind, json: &str| {
            let parameter = Parameter::query("color").style(style, explode).kind(kind);
            let pairs = pairs(&parameter, &text_value(json.as_bytes()).unwrap(), Coding::Query).unwrap();
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
        };
        let (list, map) = (r#"["blue","black"]"#, r#"{"R":100,"G":200}"#);
        assert_eq!(query(Style::Form, true, ValueKind::Array, list), "color=blue&color=black");
        assert_eq!(query(Style::Form, false, ValueKind::Array, list), "color=blue,black");
        assert_eq!(query(Style::Form, true, ValueKind::Object, map), "R=100&G=200");
        assert_eq!(query(Style::Form, false, ValueKind::Object, map), "color=R,100,G,200");
        assert_eq!(query(Style::SpaceDelimited, false, ValueKind::Array, list), "color=blue%20black");
        assert_eq!(query(Style::PipeDelimited, false, ValueKind::Array, list), "color=blue%7Cblack");
        assert_eq!(query(Style::DeepObject, true, ValueKind::Object, map), "color%5BR%5D=100&color%5BG%5D=200");
        let deep = r#"{"a":{"b":["x y","z"]},"c":[{"d":1}]}"#;
        let written = "color%5Ba%5D%5Bb%5D=x%20y&color%5Ba%5D%5Bb%5D=z&color%5Bc%5D%5B0%5D%5Bd%5D=1";
        assert_eq!(query(Style::DeepObject, true, ValueKind::Object, deep), written);
    }

    #[test]
    fn a_value_that_would_be_read_differently_has_no_pairs() {
        let fails = |parameter: &Parameter, json: &str, coding| {
            assert!(pairs(parameter, &text_value(json.as_bytes()).unwrap(), coding).is_err(), "{parameter:?} {json}");
        };
        let list = Parameter::query("q").kind(ValueKind::Array);
        let deep = Parameter::query("q").style(Style::DeepObject, true).kind(ValueKind::Object);
        let spread = Parameter::cookie("q").kind(ValueKind::Object);
        fails(&list, r#"[""]"#, Coding::Query);
        fails(&list, r#"["a",null]"#, Coding::Query);
        fails(&list, r#"[["a"]]"#, Coding::Query);
        fails(&deep, "{}", Coding::Query);
        fails(&deep, r#"{"a":{}}"#, Coding::Query);
        fails(&deep, r#"{"a[b]":"c"}"#, Coding::Query);
        fails(&deep, r#"{"":"c"}"#, Coding::Query);
        fails(&spread, r#"{"a b":"c"}"#, Coding::Cookie);
        fails(&Parameter::query("q"), r#"{"a":"c"}"#, Coding::Query);
    }
}
