//! The search for a parameter value in a request: in its path, query, headers or cookies.

use std::borrow::Cow;

use crate::http::percent;
use crate::http::query::{self, Pair};
use crate::json::TextValue;
use crate::operation::{Parameter, ParameterLocation, Style};
use crate::request::request_head::RequestHead;
use crate::style::coding::{Coding, ENCODING};
use crate::style::form::parse_form;
use crate::style::parse::{Found, parse_all, parse_list};
use crate::style::spread::{is_spread, parse_spread};

const UTF8: &str = "must be UTF-8";

/// Finds the value of the operation's parameter at `index` in the request. `pairs` are the pairs of the query string.
pub(crate) fn find<'a>(head: &'a RequestHead, pairs: &[Pair<'a>], index: usize) -> Found<'a> {
    let parameters = head.call.operation.parameters;
    let Some(parameter) = parameters.get(index) else {
        return Found::Absent;
    };
    let headers = &head.parts.headers;
    let found = match parameter.location {
        ParameterLocation::Path => in_path(head, parameter),
        ParameterLocation::Query if is_spread(parameter) => {
            parse_spread(parameters, index, pairs.iter().cloned(), Coding::Query)
        }
        ParameterLocation::Query => {
            let texts = pairs.iter().filter(|pair| pair.name == parameter.name).map(|pair| pair.raw);
            parse_all(parameter, texts, Coding::Query)
        }
        ParameterLocation::QueryString => in_query_string(head, parameter),
        ParameterLocation::Header => in_header(head, parameter),
        ParameterLocation::Cookie if is_spread(parameter) => {
            parse_spread(parameters, index, query::cookies(headers), Coding::cookie(parameter.style))
        }
        ParameterLocation::Cookie => {
            let texts = query::cookies(headers).filter(|pair| pair.name == parameter.name).map(|pair| pair.raw);
            parse_all(parameter, texts, Coding::cookie(parameter.style))
        }
    };
    found.unwrap_or_else(Found::Wrong)
}

fn in_path<'a>(head: &'a RequestHead, parameter: &Parameter) -> Result<Found<'a>, &'static str> {
    match head.path().raw(parameter.name) {
        Some(raw) => parse_list(parameter, &[raw], Coding::Path),
        None => Ok(Found::Absent),
    }
}

/// Parses the complete query string as the value of one parameter. An empty query string is an absent parameter.
///
/// A form has no fields for the API keys of the contract's security schemes.
fn in_query_string<'a>(head: &'a RequestHead, parameter: &Parameter) -> Result<Found<'a>, &'static str> {
    let text = head.query();
    if text.is_empty() {
        return Ok(Found::Absent);
    }
    if parameter.style != Style::Form {
        let decoded = percent::decode(text).ok_or(ENCODING)?;
        return Ok(match parameter.style {
            Style::Json => Found::Json(decoded),
            _ => Found::Text(TextValue::Scalar(decoded)),
        });
    }
    let (value, wrong) = parse_form(text, parameter.form)?;
    let TextValue::Map(mut fields) = value else { return Ok(Found::Absent) };
    fields.retain(|(name, _)| !parameter.reserved.contains(&&**name));
    match wrong.into_iter().next() {
        Some((field, message)) => Ok(Found::WrongField(field, message)),
        None if fields.is_empty() => Ok(Found::Absent),
        None => Ok(Found::Text(TextValue::Map(fields))),
    }
}

fn in_header<'a>(head: &'a RequestHead, parameter: &Parameter) -> Result<Found<'a>, &'static str> {
    let mut texts = Vec::new();
    for value in head.parts.headers.get_all(parameter.name) {
        texts.push(std::str::from_utf8(value.as_bytes()).map_err(|_| UTF8)?);
    }
    // RFC 9110 § 13.1 defines `If-Match` and `If-None-Match` as lists, even if their schema is not an array.
    let is_list = ["if-match", "if-none-match"].iter().any(|name| parameter.name.eq_ignore_ascii_case(name));
    if is_list && texts.len() > 1 {
        return Ok(Found::Text(TextValue::Scalar(Cow::Owned(texts.join(", ")))));
    }
    parse_list(parameter, &texts, Coding::Header)
}
