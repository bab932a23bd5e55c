//! Putting the text of a parameter together by its style (OpenAPI 3.0.3 § 4.7.12.3, RFC 6570).

use crate::operation::{Parameter, Shape, Style};
use crate::percent;

use super::tree::Tree;

const NESTED: &str = "its style has no way to write lists or objects within others";
const COMMA: &str = "an element with a comma would be two in a header";
const SPACE: &str = "an element with a space would be two in style `spaceDelimited`";

/// Whether text is percent-encoded where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// As it is: headers.
    Plain,
    /// All but what is unreserved: paths, queries, cookies.
    Percent,
}

type Text = Result<String, &'static str>;

/// One text of a whole value: what stands in a segment of the path, in a header, or behind `name=`.
pub(super) fn text(parameter: &Parameter, value: &Tree, coding: Coding) -> Text {
    let name = encoded(parameter.name, coding);
    let explode = parameter.explode;
    match (parameter.style, value) {
        (Style::Label, Tree::List(list)) => Ok(format!(".{}", joined(list, if explode { "." } else { "," }, coding)?)),
        (Style::Label, Tree::Map(map)) if explode => Ok(format!(".{}", assigned(map, ".", coding)?)),
        (Style::Label, Tree::Map(map)) => Ok(format!(".{}", alternating(map, ",", coding)?)),
        (Style::Label, scalar) => Ok(format!(".{}", one(scalar, coding)?)),
        (Style::Matrix, Tree::List(list)) if explode => {
            list.iter().map(|element| Ok(format!(";{name}={}", one(element, coding)?))).collect()
        }
        (Style::Matrix, Tree::List(list)) => Ok(format!(";{name}={}", joined(list, ",", coding)?)),
        (Style::Matrix, Tree::Map(map)) if explode => Ok(format!(";{}", assigned(map, ";", coding)?)),
        (Style::Matrix, Tree::Map(map)) => Ok(format!(";{name}={}", alternating(map, ",", coding)?)),
        (Style::Matrix, scalar) => Ok(format!(";{name}={}", one(scalar, coding)?)),
        (style, Tree::List(list)) => joined(list, delimiter(style), coding),
        (Style::Simple, Tree::Map(map)) if explode => assigned(map, ",", coding),
        (style, Tree::Map(map)) => alternating(map, delimiter(style), coding),
        (_, scalar) => one(scalar, coding),
    }
}

/// `name=value` pairs: those of a query, of a form, or of cookies.
pub(super) fn pairs(parameter: &Parameter, value: &Tree) -> Result<Vec<(String, String)>, &'static str> {
    let coding = Coding::Percent;
    let name = encoded(parameter.name, coding);
    let exploded = parameter.explode && parameter.style != Style::DeepObject;
    match value {
        // Nothing would say that there is nothing.
        Tree::List(list) if list.is_empty() => Ok(vec![(name, String::new())]),
        Tree::List(list) if exploded => list.iter().map(|element| Ok((name.clone(), one(element, coding)?))).collect(),
        Tree::Map(map) if parameter.style == Style::DeepObject => {
            let mut all = Vec::new();
            map.iter().for_each(|(key, value)| within(&format!("{name}[{}]", encoded(key, coding)), value, &mut all));
            Ok(all)
        }
        Tree::Map(map) if exploded && parameter.shape == Shape::Object => {
            let mut all = Vec::new();
            for (key, value) in map {
                let key = encoded(key, coding);
                match value {
                    Tree::List(list) => {
                        for element in list {
                            all.push((key.clone(), one(element, coding)?));
                        }
                    }
                    scalar => all.push((key, one(scalar, coding)?)),
                }
            }
            Ok(all)
        }
        value => Ok(vec![(name, text(parameter, value, coding)?)]),
    }
}

/// The pairs of a value by brackets, without an end: lists of scalars repeat their name.
pub(super) fn within(name: &str, value: &Tree, all: &mut Vec<(String, String)>) {
    match value {
        Tree::List(list) if list.iter().all(|element| element.scalar().is_some()) => {
            // A list of one must not pass for its element where the receiver cannot tell.
            all.extend(
                list.iter()
                    .map(|element| (name.to_owned(), encoded(element.scalar().unwrap_or_default(), Coding::Percent))),
            );
        }
        Tree::List(list) => {
            list.iter().enumerate().for_each(|(at, element)| within(&format!("{name}[{at}]"), element, all));
        }
        Tree::Map(map) => map
            .iter()
            .for_each(|(key, value)| within(&format!("{name}[{}]", encoded(key, Coding::Percent)), value, all)),
        scalar => all.push((name.to_owned(), encoded(scalar.scalar().unwrap_or_default(), Coding::Percent))),
    }
}

fn delimiter(style: Style) -> &'static str {
    match style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "|",
        _ => ",",
    }
}

fn joined(list: &[Tree], delimiter: &str, coding: Coding) -> Text {
    let mut parts = Vec::with_capacity(list.len());
    for element in list {
        parts.push(element_text(element, delimiter, coding)?);
    }
    Ok(parts.join(delimiter))
}

fn assigned(map: &[(String, Tree)], delimiter: &str, coding: Coding) -> Text {
    let mut parts = Vec::with_capacity(map.len());
    for (key, value) in map {
        parts.push(format!("{}={}", encoded(key, coding), element_text(value, delimiter, coding)?));
    }
    Ok(parts.join(delimiter))
}

fn alternating(map: &[(String, Tree)], delimiter: &str, coding: Coding) -> Text {
    let mut parts = Vec::with_capacity(map.len() * 2);
    for (key, value) in map {
        parts.extend([encoded(key, coding), element_text(value, delimiter, coding)?]);
    }
    Ok(parts.join(delimiter))
}

fn element_text(element: &Tree, delimiter: &str, coding: Coding) -> Text {
    let text = one(element, coding)?;
    match delimiter {
        "," if coding == Coding::Plain && text.contains(',') => Err(COMMA),
        "%20" if text.contains(delimiter) => Err(SPACE),
        _ => Ok(text),
    }
}

fn one(value: &Tree, coding: Coding) -> Text {
    value.scalar().map(|text| encoded(text, coding)).ok_or(NESTED)
}

pub(super) fn encoded(text: &str, coding: Coding) -> String {
    match coding {
        Coding::Plain => text.to_owned(),
        Coding::Percent => percent::encode(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::tree::tree;

    fn value(json: &str) -> Tree {
        tree(json.as_bytes()).unwrap()
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
            let written = |value: &Tree| text(&parameter, value, Coding::Percent);
            assert_eq!(written(&value("\"blue\"")).as_deref(), Ok(one));
            assert_eq!(written(&list).as_deref(), Ok(several));
            assert_eq!(written(&map).as_deref(), Ok(object));
        }
    }

    #[test]
    fn every_style_of_a_query_is_written_as_the_specification_shows_it() {
        let query = |style, explode, shape, json: &str| {
            let parameter = Parameter::query("color").style(style, explode).shape(shape);
            let pairs = pairs(&parameter, &value(json)).unwrap();
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
        };
        let (list, map) = (r#"["blue","black"]"#, r#"{"R":100,"G":200}"#);
        assert_eq!(query(Style::Form, true, Shape::Array, list), "color=blue&color=black");
        assert_eq!(query(Style::Form, false, Shape::Array, list), "color=blue,black");
        assert_eq!(query(Style::Form, true, Shape::Object, map), "R=100&G=200");
        assert_eq!(query(Style::Form, false, Shape::Object, map), "color=R,100,G,200");
        assert_eq!(query(Style::SpaceDelimited, false, Shape::Array, list), "color=blue%20black");
        assert_eq!(query(Style::PipeDelimited, false, Shape::Array, list), "color=blue|black");
        assert_eq!(query(Style::DeepObject, true, Shape::Object, map), "color[R]=100&color[G]=200");
        let deep = r#"{"a":{"b":["x y","z"]},"c":[{"d":1}]}"#;
        let written = "color[a][b]=x%20y&color[a][b]=z&color[c][0][d]=1";
        assert_eq!(query(Style::DeepObject, true, Shape::Object, deep), written);
    }

    #[test]
    fn what_would_read_as_something_else_is_not_written() {
        let header = Parameter::header("x").shape(Shape::Array);
        assert_eq!(text(&header, &value(r#"["a,b"]"#), Coding::Plain), Err(COMMA));
        assert_eq!(text(&header, &value("[[1]]"), Coding::Plain), Err(NESTED));
        let spaced = Parameter::query("x").style(Style::SpaceDelimited, false).shape(Shape::Array);
        assert_eq!(pairs(&spaced, &value(r#"["a b"]"#)), Err(SPACE));
    }
}
