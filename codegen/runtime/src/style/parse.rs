//! Parsing the string of a parameter, of a form field or of a header by its style.

use std::borrow::Cow;

use crate::http::percent;
use crate::json::TextValue;
use crate::operation::{Parameter, Style, ValueKind};
use crate::style::brackets::Tree;
use crate::style::coding::{Coding, ENCODING};
use crate::style::layout::{Elements, layout};

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

/// Parses a parameter from a list of strings. An array can be sent in several strings, but any other value only
/// in one.
pub(crate) fn parse_list<'a>(
    parameter: &Parameter,
    texts: &[&'a str],
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    let one_each = parameter.explode
        && coding == Coding::Query
        && matches!(parameter.style, Style::Form | Style::SpaceDelimited | Style::PipeDelimited);
    match (texts, parameter.kind) {
        ([], _) => Ok(Found::Absent),
        ([""], ValueKind::Array) => Ok(Found::Text(TextValue::List(Vec::new()))),
        (texts, ValueKind::Array) if one_each => {
            let elements: Option<Vec<_>> =
                texts.iter().map(|raw| Some(TextValue::Scalar(coding.decode(raw)?))).collect();
            Ok(Found::Text(TextValue::List(elements.ok_or(ENCODING)?)))
        }
        ([raw], _) => parse(parameter, raw, coding),
        (texts, ValueKind::Array) if parameter.style != Style::Json => {
            let mut all = Vec::new();
            for raw in texts {
                match parse(parameter, raw, coding)? {
                    Found::Text(TextValue::List(list)) => all.extend(list),
                    other => return Ok(other),
                }
            }
            Ok(Found::Text(TextValue::List(all)))
        }
        _ => Err(TWICE),
    }
}

/// Parses a parameter from a single string, by its style.
pub(crate) fn parse<'a>(parameter: &Parameter, raw: &'a str, coding: Coding) -> Result<Found<'a>, &'static str> {
    let raw = if coding == Coding::Header { raw.trim() } else { raw };
    match parameter.style {
        Style::Json => return Ok(Found::Json(coding.decode(raw).ok_or(ENCODING)?)),
        Style::Text => return Ok(Found::Text(TextValue::Scalar(coding.decode(raw).ok_or(ENCODING)?))),
        _ => {}
    }
    let layout = layout(parameter.style, parameter.kind, parameter.explode);
    let inside = match layout.prefix {
        None => raw,
        Some(prefix) => raw.strip_prefix(prefix).ok_or(if prefix == '.' { LABEL } else { MATRIX })?,
    };
    let inside = if layout.named { behind_name(parameter, inside)? } else { inside };
    // RFC 6570 § 3.2.5 has commas where OpenAPI 3.0 has dots. Both are accepted.
    let dots = parameter.style == Style::Label && !inside.contains(',');
    let delimiter = if dots { '.' } else { layout.delimiter };
    Ok(Found::Text(match layout.elements {
        Elements::Single => TextValue::Scalar(coding.decode(inside).ok_or(ENCODING)?),
        Elements::Values => list(split(inside, delimiter, coding).ok_or(ENCODING)?),
        Elements::NamedValues => {
            let mut elements = Vec::new();
            for element in inside.split(delimiter) {
                elements.push(coding.decode(behind_name(parameter, element)?).ok_or(ENCODING)?);
            }
            list(elements)
        }
        Elements::Assignments => assignments(split(inside, delimiter, coding).ok_or(ENCODING)?)?,
        Elements::Alternating => alternating(split(inside, delimiter, coding).ok_or(ENCODING)?)?,
    }))
}

/// Returns the part of a parameter's string after `name=`, or an error message if the name is not that of the
/// parameter.
fn behind_name<'a>(parameter: &Parameter, text: &'a str) -> Result<&'a str, &'static str> {
    match text.split_once('=').unwrap_or((text, "")) {
        (name, value) if percent::decode(name).as_deref() == Some(parameter.name) => Ok(value),
        _ => Err(MATRIX),
    }
}

fn list(elements: Vec<Cow<'_, str>>) -> TextValue<'_> {
    TextValue::List(elements.into_iter().map(TextValue::Scalar).collect())
}

fn assignments(parts: Vec<Cow<'_, str>>) -> Result<TextValue<'_>, &'static str> {
    let mut tree = Tree::default();
    for part in parts {
        let (name, value) = match part {
            Cow::Borrowed(part) => {
                part.split_once('=').map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
            }
            Cow::Owned(part) => {
                part.split_once('=').map(|(name, value)| (Cow::Owned(name.to_owned()), Cow::Owned(value.to_owned())))
            }
        }
        .ok_or(PAIRS)?;
        tree.insert_at(std::iter::once(name), value);
    }
    Ok(tree.into_map())
}

fn alternating(parts: Vec<Cow<'_, str>>) -> Result<TextValue<'_>, &'static str> {
    let mut tree = Tree::default();
    let mut parts = parts.into_iter();
    while let Some(name) = parts.next() {
        tree.insert_at(std::iter::once(name), parts.next().ok_or(PAIRS)?);
    }
    Ok(tree.into_map())
}

/// Splits a parameter's string at the delimiters of its style and decodes the elements.
///
/// The string is split before it is decoded, so that an encoded delimiter belongs to its element. Many
/// clients encode the delimiters too: if the string contains no delimiter, it is split after decoding.
fn split(raw: &str, delimiter: char, coding: Coding) -> Option<Vec<Cow<'_, str>>> {
    if raw.is_empty() {
        return Some(Vec::new());
    }
    if raw.contains(delimiter) {
        return raw.split(delimiter).map(|part| coding.decode(part)).collect();
    }
    match coding.decode(raw)? {
        Cow::Owned(text) => Some(text.split(delimiter).map(|part| Cow::Owned(part.to_owned())).collect()),
        borrowed => Some(vec![borrowed]),
    }
}
