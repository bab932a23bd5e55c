//! Taking the text of a parameter apart by its style (OpenAPI 3.0.3 § 4.7.12.3, RFC 6570).

use std::borrow::Cow;

use crate::json::TextValue;
use crate::operation::{Parameter, Shape, Style};
use crate::parameters::Found;
use crate::percent;
use crate::query::Tree;

pub(crate) const ENCODING: &str = "must be percent-encoded UTF-8";
const TWICE: &str = "must be sent once only";
const PAIRS: &str = "must be pairs of a name and a value";
const LABEL: &str = "must begin with a dot (label style)";
const MATRIX: &str = "must be written as ;name=value (matrix style)";

/// How the text of a place is decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Path,
    Query,
    /// Cookies are not always encoded: what does not decode is taken as it came.
    Cookie,
    /// Headers are not encoded; blanks around an element do not count.
    Header,
}

/// A list may be sent in several pieces; anything else once only.
pub(crate) fn one_or_more<'a>(
    parameter: &Parameter,
    values: &[&'a str],
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    let one_each = parameter.explode
        && coding == Coding::Query
        && matches!(parameter.style, Style::Form | Style::SpaceDelimited | Style::PipeDelimited);
    match (values, parameter.shape) {
        ([], _) => Ok(Found::Absent),
        ([""], Shape::Array) => Ok(Found::Text(TextValue::List(Vec::new()))),
        (values, Shape::Array) if one_each => {
            let elements: Option<Vec<_>> =
                values.iter().map(|raw| Some(TextValue::Scalar(decode(raw, coding)?))).collect();
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

pub(crate) fn take_apart<'a>(parameter: &Parameter, raw: &'a str, coding: Coding) -> Result<Found<'a>, &'static str> {
    let raw = if coding == Coding::Header { raw.trim() } else { raw };
    let value = match parameter.style {
        Style::Json => return Ok(Found::Json(decode(raw, coding).ok_or(ENCODING)?)),
        Style::Text => TextValue::Scalar(decode(raw, coding).ok_or(ENCODING)?),
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
fn label<'a>(parameter: &Parameter, raw: &'a str, coding: Coding) -> Result<TextValue<'a>, &'static str> {
    let delimiter = if !parameter.explode && raw.contains(',') { ',' } else { '.' };
    delimited(parameter, raw, delimiter, coding)
}

/// `;name=a,b` · `;name=a;name=b` · `;name=k,v` · `;k=v;k=v`, behind the first semicolon.
fn matrix<'a>(parameter: &Parameter, raw: &'a str, coding: Coding) -> Result<TextValue<'a>, &'static str> {
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
        Shape::Scalar => Ok(TextValue::Scalar(decode(own(raw)?, coding).ok_or(ENCODING)?)),
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
        return raw.split(delimiter).map(|part| decode(part, coding)).collect();
    }
    match decode(raw, coding)? {
        Cow::Owned(text) => Some(text.split(delimiter).map(|part| Cow::Owned(part.to_owned())).collect()),
        borrowed => Some(vec![borrowed]),
    }
}

/// Decodes text of a place; `None` where it cannot be.
pub(crate) fn decode(raw: &str, coding: Coding) -> Option<Cow<'_, str>> {
    match coding {
        Coding::Path => percent::decode(raw),
        Coding::Query => percent::decode_form(raw),
        Coding::Cookie => Some(percent::decode(raw).unwrap_or(Cow::Borrowed(raw))),
        Coding::Header => Some(Cow::Borrowed(raw.trim())),
    }
}
