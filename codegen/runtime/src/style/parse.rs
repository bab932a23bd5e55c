//! Parsing the string of a parameter, of a form field or of a header by its style.

use std::borrow::Cow;

use crate::http::percent;
use crate::json::TextValue;
use crate::operation::{Parameter, Style, ValueKind};
use crate::style::brackets::Tree;
use crate::style::coding::{Coding, ENCODING};
use crate::style::layout::{Elements, Layout, layout};

const TWICE: &str = "must be sent only once";
const PAIRS: &str = "must be pairs of a name and a value";
const LABEL: &str = "must begin with a dot (label style)";
const MATRIX: &str = "must be written as ;name=value (matrix style)";

/// The value of a parameter as a request contains it, parsed by the style of the parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// The request does not contain the parameter.
    Absent,
    /// The value of the parameter, whose scalars are still strings.
    Text(TextValue<'a>),
    /// The JSON text of a parameter that is encoded as JSON.
    Json(Cow<'a, str>),
    /// A string that the style of the parameter does not allow, with the message of the violation.
    Wrong(&'static str),
    /// A query string with a field that its style does not allow: the name of the field, and the message of the
    /// violation.
    WrongField(&'static str, &'static str),
}

/// Parses a parameter from all strings that were sent under its name.
///
/// Most parameters are sent once or not at all, so no list is allocated for them.
#[inline]
pub(crate) fn parse_all<'a>(
    parameter: &Parameter,
    mut texts: impl Iterator<Item = &'a str>,
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    match (texts.next(), texts.next()) {
        (None, _) => Ok(Found::Absent),
        // Scalars in form style are by far the most frequent parameters, so they need no list.
        (Some(only), None) if parameter.kind == ValueKind::Scalar && parameter.style == Style::Form => {
            let value = percent::decode_form(only).filter(|_| coding == Coding::Query);
            match value {
                Some(value) => Ok(Found::Text(TextValue::Scalar(value))),
                None => parse_list(parameter, &[only], coding),
            }
        }
        (Some(only), None) => parse_list(parameter, &[only], coding),
        (Some(first), Some(second)) => {
            let all: Vec<&str> = [first, second].into_iter().chain(texts).collect();
            parse_list(parameter, &all, coding)
        }
    }
}

/// Parses a parameter from a list of strings. An array can be sent in several strings, and so can an object in a
/// header, whose lines are one list (RFC 9110 § 5.2). Any other value can be sent only in one.
///
/// If the schema allows an array or a single value, one element becomes a scalar, and no element an empty one. The
/// reader of the union reads a scalar as an array too if no other branch matches.
pub(crate) fn parse_list<'a>(
    parameter: &Parameter,
    texts: &[&'a str],
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    let one_each = parameter.explode
        && coding == Coding::Query
        && matches!(parameter.style, Style::Form | Style::SpaceDelimited | Style::PipeDelimited);
    let is_whole = matches!(parameter.style, Style::Json | Style::Text);
    let found = match (texts, parameter.kind) {
        ([], _) => Found::Absent,
        ([raw], _) if is_whole => {
            let text = coding.decode(raw).ok_or(ENCODING)?;
            let json = parameter.style == Style::Json;
            if json { Found::Json(text) } else { Found::Text(TextValue::Scalar(text)) }
        }
        // A scalar in a path or header is the complete string.
        ([raw], ValueKind::Scalar) if parameter.style == Style::Simple => {
            return Ok(Found::Text(TextValue::Scalar(coding.decode(raw).ok_or(ENCODING)?)));
        }
        ([""], ValueKind::Array) => list(Vec::new()),
        (texts, ValueKind::Array) if one_each => list(decode_all(texts, coding)?),
        ([_], _) => parse(parameter, texts, coding)?,
        (_, ValueKind::Array) if !is_whole => parse(parameter, texts, coding)?,
        (_, ValueKind::Object) if !is_whole && coding == Coding::Header => parse(parameter, texts, coding)?,
        _ => return Err(TWICE),
    };
    Ok(match found {
        Found::Text(TextValue::List(mut list)) if parameter.or_scalar && list.len() < 2 => {
            Found::Text(list.pop().unwrap_or(TextValue::Scalar(Cow::Borrowed(""))))
        }
        found => found,
    })
}

/// Parses the strings of a parameter by the layout of its style. Each is divided at its delimiters before its
/// pieces are decoded, so that an encoded delimiter belongs to its piece (RFC 6570 § 3.2.1).
fn parse<'a>(parameter: &Parameter, texts: &[&'a str], coding: Coding) -> Result<Found<'a>, &'static str> {
    let layout = layout(parameter.style, parameter.kind, parameter.explode);
    let mut pieces = Vec::new();
    for raw in texts {
        let inside = inside(parameter, &layout, raw.trim_matches(coding.margin()))?;
        match layout.elements {
            Elements::Single => pieces.push(inside),
            // Among several strings, an empty one is an empty element.
            Elements::Values if inside.is_empty() && texts.len() > 1 => pieces.push(inside),
            _ => divide(parameter, &layout, inside, coding, &mut pieces),
        }
    }
    match layout.elements {
        Elements::Single => {
            let only = pieces.first().copied().unwrap_or_default();
            Ok(Found::Text(TextValue::Scalar(coding.decode(only).ok_or(ENCODING)?)))
        }
        Elements::Values => {
            if coding == Coding::Header {
                // A recipient ignores the empty elements of a list (RFC 9110 § 5.6.1.2).
                pieces.retain(|piece| !piece.trim_matches(coding.margin()).is_empty());
            }
            decode_all(&pieces, coding).map(list)
        }
        Elements::NamedValues => {
            let values: Result<Vec<&str>, _> = pieces.iter().map(|piece| behind_name(parameter, piece)).collect();
            decode_all(&values?, coding).map(list)
        }
        Elements::Assignments => {
            let pairs: Option<Vec<_>> = pieces.iter().map(|piece| assignment(piece)).collect();
            object(pairs.ok_or(PAIRS)?, coding)
        }
        Elements::Alternating if pieces.len().is_multiple_of(2) => {
            object(pieces.chunks(2).map(|pair| (pair[0], pair[1])).collect(), coding)
        }
        Elements::Alternating => Err(PAIRS),
    }
}

/// Returns the part of a parameter's string after the prefix of its style.
fn inside<'a>(parameter: &Parameter, layout: &Layout, raw: &'a str) -> Result<&'a str, &'static str> {
    let inside = match layout.prefix {
        None => raw,
        Some(prefix) => raw.strip_prefix(prefix).ok_or(if prefix == '.' { LABEL } else { MATRIX })?,
    };
    if !layout.named {
        return Ok(inside);
    }
    match behind_name(parameter, inside)? {
        // An unencoded semicolon begins another value, as if each element had the name.
        several if layout.elements != Elements::Single && several.contains(';') => Err(MATRIX),
        value => Ok(value),
    }
}

/// Returns the part of a parameter's string after `name=`, or an error message if the name is not that of the
/// parameter.
fn behind_name<'a>(parameter: &Parameter, text: &'a str) -> Result<&'a str, &'static str> {
    match text.split_once('=').unwrap_or((text, "")) {
        (name, value) if percent::decode(name).as_deref() == Some(parameter.name) => Ok(value),
        _ => Err(MATRIX),
    }
}

/// Divides a parameter's string at the delimiters of its style, and appends the pieces, which are not yet decoded.
///
/// An encoded delimiter is a delimiter only where it cannot be part of an element: where no element can contain
/// it, and where a URI cannot contain the delimiter, which is a space, a pipe or a tab (OpenAPI 3.1.1, Appendix E).
fn divide<'a>(parameter: &Parameter, layout: &Layout, inside: &'a str, coding: Coding, pieces: &mut Vec<&'a str>) {
    if inside.is_empty() && layout.elements != Elements::NamedValues {
        return;
    }
    let encoded = match parameter.style {
        _ if coding == Coding::Header => false,
        Style::SpaceDelimited | Style::TabDelimited => true,
        Style::PipeDelimited => parameter.encoded_delimiters || !inside.contains('|'),
        _ => parameter.encoded_delimiters,
    };
    // OpenAPI 3.0.3 has dots where RFC 6570 § 3.2.5 has commas. They are accepted where they are not ambiguous:
    // an object has at least one delimiter.
    let dots = parameter.style == Style::Label
        && (parameter.encoded_delimiters || layout.elements == Elements::Alternating)
        && !inside.contains(',')
        && !(encoded && inside.to_ascii_uppercase().contains("%2C"));
    let delimiter = if dots { b'.' } else { layout.delimiter as u8 };
    let (mut rest, mut at) = (inside, 0);
    while at < rest.len() {
        match delimiter_length(&rest.as_bytes()[at..], delimiter, encoded, coding) {
            0 => at += 1,
            length => {
                pieces.push(&rest[..at]);
                rest = &rest[at + length..];
                at = 0;
            }
        }
    }
    pieces.push(rest);
}

/// Returns the length of the delimiter at the beginning of a string, or 0 if there is none.
fn delimiter_length(text: &[u8], delimiter: u8, encoded: bool, coding: Coding) -> usize {
    match text {
        [first, ..] if *first == delimiter => 1,
        [b'+', ..] if delimiter == b' ' && coding == Coding::Query => 1,
        [b'%', high, low, ..] if encoded && percent::byte(*high, *low) == Some(delimiter) => 3,
        _ => 0,
    }
}

/// Divides `key=value` at its first equals sign. An encoded one divides a string that has no other.
fn assignment(piece: &str) -> Option<(&str, &str)> {
    piece.split_once('=').or_else(|| piece.split_once("%3D")).or_else(|| piece.split_once("%3d"))
}

fn decode_all<'a>(texts: &[&'a str], coding: Coding) -> Result<Vec<Cow<'a, str>>, &'static str> {
    texts.iter().map(|text| coding.decode(text).ok_or(ENCODING)).collect()
}

fn list(elements: Vec<Cow<'_, str>>) -> Found<'_> {
    Found::Text(TextValue::List(elements.into_iter().map(TextValue::Scalar).collect()))
}

fn object<'a>(pairs: Vec<(&'a str, &'a str)>, coding: Coding) -> Result<Found<'a>, &'static str> {
    let mut tree = Tree::default();
    for (key, value) in pairs {
        tree.insert_key(coding.decode(key).ok_or(ENCODING)?, coding.decode(value).ok_or(ENCODING)?);
    }
    Ok(Found::Text(tree.into_map()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(style: Style, kind: ValueKind) -> Parameter {
        Parameter::path("value").style(style, false).kind(kind)
    }

    #[test]
    fn an_object_whose_names_and_values_alternate_has_no_name_without_a_value() {
        let object = parameter(Style::Simple, ValueKind::Object);
        let parsed = |text| parse_list(&object, &[text], Coding::Path);
        let pairs = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).into(), TextValue::Scalar((*value).into())));
            Ok(Found::Text(TextValue::Map(pairs.collect())))
        };
        assert_eq!(parsed("a,1,b,2"), pairs(&[("a", "1"), ("b", "2")]));
        for wrong in ["a", "a,1,b"] {
            assert_eq!(parsed(wrong), Err(PAIRS), "{wrong}");
        }
    }

    #[test]
    fn a_value_that_is_one_text_is_sent_once() {
        for style in [Style::Json, Style::Text] {
            for kind in [ValueKind::Array, ValueKind::Object] {
                for coding in [Coding::Query, Coding::Header] {
                    assert_eq!(parse_list(&parameter(style, kind), &["[1]", "[2]"], coding), Err(TWICE));
                }
            }
        }
    }
}
