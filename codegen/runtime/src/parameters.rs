//! The text of a parameter, found in its place and taken apart by its style (OpenAPI 3.0.3 § 4.7.12).

use std::borrow::Cow;

use crate::head::{Head, belongs};
use crate::json::TextValue;
use crate::operation::{Parameter, Place, Shape, Style};
use crate::percent;
use crate::query::{self, Tree};

/// What was found of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// Nothing.
    Absent,
    /// Text, taken apart.
    Text(TextValue<'a>),
    /// One JSON value, as text.
    Json(Cow<'a, str>),
    /// Text that the style does not allow, and what it should have been.
    Wrong(&'static str),
}

const TWICE: &str = "must be sent once only";
const ENCODING: &str = "must be percent-encoded UTF-8";
const UTF8: &str = "must be UTF-8";
const PAIRS: &str = "must be pairs of a name and a value";
const KEYS: &str = "must be written as name[key]=value";
const LABEL: &str = "must begin with a dot (label style)";
const MATRIX: &str = "must be written as ;name=value (matrix style)";

/// How the text of a place is decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Path,
    Query,
    /// Cookies are not always encoded: what does not decode is taken as it came.
    Cookie,
    /// Headers are not encoded; blanks around an element do not count.
    Header,
}

/// Finds the parameter at `index` of the operation.
pub(crate) fn find(head: &Head, index: usize) -> Found<'_> {
    let Some(parameter) = head.operation.parameters.get(index) else {
        return Found::Absent;
    };
    let found = match parameter.place {
        Place::Path => in_path(head, parameter),
        Place::Query if is_spread(parameter) => in_spread_query(head, parameter, index),
        Place::Query => {
            let values: Vec<&str> = query::pairs(head.query())
                .filter(|pair| pair.name == parameter.name)
                .map(|pair| pair.raw)
                .collect();
            one_or_more(parameter, &values, Coding::Query)
        }
        Place::Header => in_header(head, parameter),
        Place::Cookie => {
            let values: Vec<&str> = query::cookies(&head.parts.headers)
                .filter(|pair| pair.name == parameter.name)
                .map(|pair| pair.raw)
                .collect();
            one_or_more(parameter, &values, Coding::Cookie)
        }
        Place::Body => Ok(Found::Absent),
    };
    found.unwrap_or_else(Found::Wrong)
}

/// Whether the parameter's properties stand in the query each under a name of its own.
fn is_spread(parameter: &Parameter) -> bool {
    parameter.style == Style::DeepObject
        || (parameter.style == Style::Form && parameter.shape == Shape::Object && parameter.explode)
}

fn in_path<'a>(head: &'a Head, parameter: &Parameter) -> Result<Found<'a>, &'static str> {
    let at = head
        .path
        .iter()
        .position(|(name, _)| *name == parameter.name);
    match at
        .and_then(|at| head.ranges.get(at))
        .and_then(|range| head.parts.uri.path().get(range.clone()))
    {
        Some(raw) => take_apart(parameter, raw, Coding::Path),
        None => Ok(Found::Absent),
    }
}

fn in_spread_query<'a>(
    head: &'a Head,
    parameter: &Parameter,
    index: usize,
) -> Result<Found<'a>, &'static str> {
    let mut tree = Tree::default();
    for pair in query::pairs(head.query()).filter(|pair| belongs(head.operation, index, &pair.name))
    {
        let value = percent::decode_form(pair.raw).ok_or(ENCODING)?;
        if parameter.style == Style::Form {
            tree.insert_at(std::iter::once(pair.name), value);
            continue;
        }
        let behind = pair.name.strip_prefix(parameter.name).unwrap_or_default();
        let keys = query::brackets(behind)
            .filter(|keys| keys.iter().any(|key| !key.is_empty()))
            .ok_or(KEYS)?;
        tree.insert_at(
            keys.into_iter().map(|key| Cow::Owned(key.to_owned())),
            value,
        );
    }
    Ok(if tree.is_empty() {
        Found::Absent
    } else {
        Found::Text(tree.into_map())
    })
}

fn in_header<'a>(head: &'a Head, parameter: &Parameter) -> Result<Found<'a>, &'static str> {
    let mut values = Vec::new();
    for value in head.parts.headers.get_all(parameter.name) {
        values.push(std::str::from_utf8(value.as_bytes()).map_err(|_| UTF8)?);
    }
    // These two are lists by their own definition (RFC 9110 § 13.1), whatever the schema says.
    let is_list = ["if-match", "if-none-match"]
        .iter()
        .any(|name| parameter.name.eq_ignore_ascii_case(name));
    if is_list && values.len() > 1 {
        return Ok(Found::Text(TextValue::Scalar(Cow::Owned(
            values.join(", "),
        ))));
    }
    one_or_more(parameter, &values, Coding::Header)
}

/// A list may be sent in several pieces; anything else once only.
fn one_or_more<'a>(
    parameter: &Parameter,
    values: &[&'a str],
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    let one_each = parameter.explode
        && coding == Coding::Query
        && matches!(
            parameter.style,
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited
        );
    match (values, parameter.shape) {
        ([], _) => Ok(Found::Absent),
        ([""], Shape::Array) => Ok(Found::Text(TextValue::List(Vec::new()))),
        (values, Shape::Array) if one_each => {
            let elements: Option<Vec<_>> = values
                .iter()
                .map(|raw| Some(TextValue::Scalar(decode(raw, coding)?)))
                .collect();
            Ok(Found::Text(TextValue::List(elements.ok_or(ENCODING)?)))
        }
        ([raw], _) => take_apart(parameter, raw, coding),
        (values, Shape::Array) if parameter.style != Style::Json => {
            let mut all = Vec::new();
            for raw in values {
                match take_apart(parameter, raw, coding)? {
                    Found::Text(TextValue::List(list)) => all.extend(list),
                    other => return Ok(other),
                }
            }
            Ok(Found::Text(TextValue::List(all)))
        }
        _ => Err(TWICE),
    }
}

fn take_apart<'a>(
    parameter: &Parameter,
    raw: &'a str,
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    let raw = if coding == Coding::Header {
        raw.trim()
    } else {
        raw
    };
    let value = match parameter.style {
        Style::Json => return Ok(Found::Json(decode(raw, coding).ok_or(ENCODING)?)),
        Style::Label => label(parameter, raw.strip_prefix('.').ok_or(LABEL)?, coding)?,
        Style::Matrix => matrix(parameter, raw.strip_prefix(';').ok_or(MATRIX)?, coding)?,
        Style::SpaceDelimited => delimited(parameter, raw, ' ', coding)?,
        Style::PipeDelimited => delimited(parameter, raw, '|', coding)?,
        Style::Simple | Style::Form | Style::DeepObject => delimited(parameter, raw, ',', coding)?,
    };
    Ok(Found::Text(value))
}

/// `a,b` · `k,v` · `k=v,k=v`
fn delimited<'a>(
    parameter: &Parameter,
    raw: &'a str,
    delimiter: char,
    coding: Coding,
) -> Result<TextValue<'a>, &'static str> {
    match parameter.shape {
        Shape::Scalar => Ok(TextValue::Scalar(decode(raw, coding).ok_or(ENCODING)?)),
        Shape::Array => Ok(list(split(raw, delimiter, coding).ok_or(ENCODING)?)),
        Shape::Object if parameter.explode && parameter.style != Style::Form => {
            assignments(split(raw, delimiter, coding).ok_or(ENCODING)?)
        }
        Shape::Object => alternating(split(raw, delimiter, coding).ok_or(ENCODING)?),
    }
}

/// `.a.b` · `.k.v` · `.k=v.k=v`. RFC 6570 § 3.2.5 puts commas where OpenAPI 3.0 shows dots.
fn label<'a>(
    parameter: &Parameter,
    raw: &'a str,
    coding: Coding,
) -> Result<TextValue<'a>, &'static str> {
    let delimiter = if !parameter.explode && raw.contains(',') {
        ','
    } else {
        '.'
    };
    delimited(parameter, raw, delimiter, coding)
}

/// `;name=a,b` · `;name=a;name=b` · `;name=k,v` · `;k=v;k=v`, behind the first semicolon.
fn matrix<'a>(
    parameter: &Parameter,
    raw: &'a str,
    coding: Coding,
) -> Result<TextValue<'a>, &'static str> {
    let own = |part: &'a str| match part.split_once('=').unwrap_or((part, "")) {
        (name, value) if percent::decode(name).as_deref() == Some(parameter.name) => Ok(value),
        _ => Err(MATRIX),
    };
    match parameter.shape {
        Shape::Array if parameter.explode => {
            let mut elements = Vec::new();
            for part in raw.split(';') {
                elements.push(decode(own(part)?, coding).ok_or(ENCODING)?);
            }
            Ok(list(elements))
        }
        Shape::Object if parameter.explode => assignments(split(raw, ';', coding).ok_or(ENCODING)?),
        Shape::Scalar => Ok(TextValue::Scalar(
            decode(own(raw)?, coding).ok_or(ENCODING)?,
        )),
        Shape::Array | Shape::Object => delimited(parameter, own(raw)?, ',', coding),
    }
}

fn list(elements: Vec<Cow<'_, str>>) -> TextValue<'_> {
    TextValue::List(elements.into_iter().map(TextValue::Scalar).collect())
}

/// `k=v` each.
fn assignments(parts: Vec<Cow<'_, str>>) -> Result<TextValue<'_>, &'static str> {
    let mut tree = Tree::default();
    for part in parts {
        let (name, value) = match part {
            Cow::Borrowed(part) => part
                .split_once('=')
                .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value))),
            Cow::Owned(part) => part
                .split_once('=')
                .map(|(name, value)| (Cow::Owned(name.to_owned()), Cow::Owned(value.to_owned()))),
        }
        .ok_or(PAIRS)?;
        tree.insert_at(std::iter::once(name), value);
    }
    Ok(tree.into_map())
}

/// `k`, `v` in turn.
fn alternating(parts: Vec<Cow<'_, str>>) -> Result<TextValue<'_>, &'static str> {
    let mut tree = Tree::default();
    let mut parts = parts.into_iter();
    while let Some(name) = parts.next() {
        tree.insert_at(std::iter::once(name), parts.next().ok_or(PAIRS)?);
    }
    Ok(tree.into_map())
}

/// Splits before decoding, so that an encoded delimiter belongs to its element. Many clients
/// encode the delimiters as well: where none stands as it is, the text is split after decoding.
fn split(raw: &str, delimiter: char, coding: Coding) -> Option<Vec<Cow<'_, str>>> {
    if raw.is_empty() {
        return Some(Vec::new());
    }
    if raw.contains(delimiter) {
        return raw
            .split(delimiter)
            .map(|part| decode(part, coding))
            .collect();
    }
    match decode(raw, coding)? {
        Cow::Owned(text) => Some(
            text.split(delimiter)
                .map(|part| Cow::Owned(part.to_owned()))
                .collect(),
        ),
        borrowed => Some(vec![borrowed]),
    }
}

fn decode(raw: &str, coding: Coding) -> Option<Cow<'_, str>> {
    match coding {
        Coding::Path => percent::decode(raw),
        Coding::Query => percent::decode_form(raw),
        Coding::Cookie => Some(percent::decode(raw).unwrap_or(Cow::Borrowed(raw))),
        Coding::Header => Some(Cow::Borrowed(raw.trim())),
    }
}
