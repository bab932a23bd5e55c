//! Finding a parameter in its place: path, query, header or cookie.

use std::borrow::Cow;

use crate::head::{Head, belongs};
use crate::json::TextValue;
use crate::operation::{Parameter, Place, Shape, Style};
use crate::percent;
use crate::query::{self, Pair, Tree};
use crate::styles::{Coding, ENCODING, decode, one_or_more, take_apart};

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

const UTF8: &str = "must be UTF-8";
const KEYS: &str = "must be written as name[key]=value";

/// Finds the parameter at `index` of the operation; `pairs` are those of the query.
pub(crate) fn find<'a>(head: &'a Head, pairs: &[Pair<'a>], index: usize) -> Found<'a> {
    let Some(parameter) = head.call.operation.parameters.get(index) else {
        return Found::Absent;
    };
    let found = match parameter.place {
        Place::Path => in_path(head, parameter),
        Place::Query if is_spread(parameter) => spread(head, pairs.iter().cloned(), parameter, index, Coding::Query),
        Place::Query => {
            let values = pairs.iter().filter(|pair| pair.name == parameter.name).map(|pair| pair.raw);
            gathered(parameter, values, Coding::Query)
        }
        Place::Header => in_header(head, parameter),
        Place::Cookie if is_spread(parameter) => {
            spread(head, query::cookies(&head.parts.headers), parameter, index, Coding::Cookie)
        }
        Place::Cookie => {
            let values = query::cookies(&head.parts.headers).filter(|pair| pair.name == parameter.name);
            gathered(parameter, values.map(|pair| pair.raw), Coding::Cookie)
        }
        Place::Body => Ok(Found::Absent),
    };
    found.unwrap_or_else(Found::Wrong)
}

/// Most parameters are sent once or not at all, which needs no list of them.
fn gathered<'a>(
    parameter: &Parameter,
    mut values: impl Iterator<Item = &'a str>,
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    match (values.next(), values.next()) {
        (None, _) => Ok(Found::Absent),
        // By far the most parameters of all.
        (Some(only), None) if parameter.shape == Shape::Scalar && parameter.style == Style::Form => {
            let value = percent::decode_form(only).filter(|_| coding == Coding::Query);
            match value {
                Some(value) => Ok(Found::Text(TextValue::Scalar(value))),
                None => one_or_more(parameter, &[only], coding),
            }
        }
        (Some(only), None) => one_or_more(parameter, &[only], coding),
        (Some(first), Some(second)) => {
            let all: Vec<&str> = [first, second].into_iter().chain(values).collect();
            one_or_more(parameter, &all, coding)
        }
    }
}

/// Whether the parameter's properties stand in the query or in cookies, each under a name of its own.
fn is_spread(parameter: &Parameter) -> bool {
    parameter.style == Style::DeepObject
        || (parameter.style == Style::Form && parameter.shape == Shape::Object && parameter.explode)
}

fn in_path<'a>(head: &'a Head, parameter: &Parameter) -> Result<Found<'a>, &'static str> {
    match head.path().raw(parameter.name) {
        Some(raw) => take_apart(parameter, raw, Coding::Path),
        None => Ok(Found::Absent),
    }
}

fn spread<'a>(
    head: &'a Head,
    pairs: impl Iterator<Item = Pair<'a>>,
    parameter: &Parameter,
    index: usize,
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    let mut tree = Tree::default();
    for pair in pairs.filter(|pair| belongs(head.call.operation, index, &pair.name)) {
        let value = decode(pair.raw, coding).ok_or(ENCODING)?;
        if parameter.style == Style::Form {
            tree.insert_at(std::iter::once(pair.name.clone()), value);
            continue;
        }
        let behind = pair.name.strip_prefix(parameter.name).unwrap_or_default();
        let keys = query::brackets(behind).filter(|keys| keys.iter().any(|key| !key.is_empty())).ok_or(KEYS)?;
        tree.insert_at(keys.into_iter().map(|key| Cow::Owned(key.to_owned())), value);
    }
    Ok(if tree.is_empty() { Found::Absent } else { Found::Text(tree.into_map()) })
}

fn in_header<'a>(head: &'a Head, parameter: &Parameter) -> Result<Found<'a>, &'static str> {
    let mut values = Vec::new();
    for value in head.parts.headers.get_all(parameter.name) {
        values.push(std::str::from_utf8(value.as_bytes()).map_err(|_| UTF8)?);
    }
    // These two are lists by their own definition (RFC 9110 § 13.1), whatever the schema says.
    let is_list = ["if-match", "if-none-match"].iter().any(|name| parameter.name.eq_ignore_ascii_case(name));
    if is_list && values.len() > 1 {
        return Ok(Found::Text(TextValue::Scalar(Cow::Owned(values.join(", ")))));
    }
    one_or_more(parameter, &values, Coding::Header)
}
