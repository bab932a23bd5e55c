//! Writing the value of a parameter as `name=value` pairs of a query, of cookies or of a form.

use crate::json::TextValue;
use crate::operation::{Parameter, Style, ValueKind};
use crate::style::coding::Coding;
use crate::style::write::{encoded, scalar, write};

/// Pairs of a query, of cookies or of a form: names and values, both encoded.
pub(crate) type Pairs = Vec<(String, String)>;

/// Writes the value of a parameter as encoded `name=value` pairs.
///
/// # Errors
/// Returns a message if the style cannot express the value.
pub(crate) fn pairs(parameter: &Parameter, value: &TextValue<'_>) -> Result<Pairs, &'static str> {
    let coding = if parameter.style == Style::Cookie { Coding::Header } else { Coding::Query };
    let name = encoded(parameter.name, coding);
    let exploded = parameter.explode && parameter.style != Style::DeepObject;
    match value {
        // Without a pair, the receiver could not tell an empty list from an absent one.
        TextValue::List(list) if list.is_empty() => Ok(vec![(name, String::new())]),
        TextValue::List(list) if exploded => {
            list.iter().map(|element| Ok((name.clone(), scalar(element, coding)?))).collect()
        }
        TextValue::Map(map) if parameter.style == Style::DeepObject => {
            let mut all = Vec::new();
            for (key, value) in map {
                bracketed(&format!("{name}[{}]", encoded(key, coding)), value, &mut all);
            }
            Ok(all)
        }
        TextValue::Map(map) if exploded && parameter.kind == ValueKind::Object => {
            let mut all = Vec::new();
            for (key, value) in map {
                let key = encoded(key, coding);
                match value {
                    TextValue::List(list) => {
                        for element in list {
                            all.push((key.clone(), scalar(element, coding)?));
                        }
                    }
                    value => all.push((key, scalar(value, coding)?)),
                }
            }
            Ok(all)
        }
        value => Ok(vec![(name, write(parameter, value, coding)?)]),
    }
}

/// Appends a value of any nesting depth as pairs with bracketed names such as `a[b]`. A list of scalars repeats
/// its name.
pub(crate) fn bracketed(name: &str, value: &TextValue<'_>, all: &mut Pairs) {
    let is_scalar = |element: &TextValue<'_>| matches!(element, TextValue::Scalar(_));
    match value {
        TextValue::Scalar(text) => all.push((name.to_owned(), encoded(text, Coding::Query))),
        TextValue::List(list) if list.iter().all(is_scalar) => {
            list.iter().for_each(|element| bracketed(name, element, all));
        }
        TextValue::List(list) => {
            list.iter().enumerate().for_each(|(at, element)| bracketed(&format!("{name}[{at}]"), element, all));
        }
        TextValue::Map(map) => {
            for (key, value) in map {
                bracketed(&format!("{name}[{}]", encoded(key, Coding::Query)), value, all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::value::text_value;

    #[test]
    fn every_style_of_a_query_is_written_as_the_specification_shows_it() {
        let query = |style, explode, kind, json: &str| {
            let parameter = Parameter::query("color").style(style, explode).kind(kind);
            let pairs = pairs(&parameter, &text_value(json.as_bytes()).unwrap()).unwrap();
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
        };
        let (list, map) = (r#"["blue","black"]"#, r#"{"R":100,"G":200}"#);
        assert_eq!(query(Style::Form, true, ValueKind::Array, list), "color=blue&color=black");
        assert_eq!(query(Style::Form, false, ValueKind::Array, list), "color=blue,black");
        assert_eq!(query(Style::Form, true, ValueKind::Object, map), "R=100&G=200");
        assert_eq!(query(Style::Form, false, ValueKind::Object, map), "color=R,100,G,200");
        assert_eq!(query(Style::SpaceDelimited, false, ValueKind::Array, list), "color=blue%20black");
        assert_eq!(query(Style::PipeDelimited, false, ValueKind::Array, list), "color=blue|black");
        assert_eq!(query(Style::DeepObject, true, ValueKind::Object, map), "color[R]=100&color[G]=200");
        let deep = r#"{"a":{"b":["x y","z"]},"c":[{"d":1}]}"#;
        let written = "color[a][b]=x%20y&color[a][b]=z&color[c][0][d]=1";
        assert_eq!(query(Style::DeepObject, true, ValueKind::Object, deep), written);
    }
}
