//! The head of a request: the data that is known before the body is read.

use std::fmt::Write as _;
use std::net::IpAddr;

use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::http::accept::Accept;
use crate::http::path::{Captured, PathValues};
use crate::http::percent;
use crate::http::query;
use crate::http::request_id::RequestId;
use crate::operation::{Operation, ParameterLocation};
use crate::request::call_info::CallInfo;
use crate::response::problem::Problem;
use crate::style::spread::belongs;
use crate::validate::violation::{InputLocation, Violation};
use crate::values::etag::IfMatch;

/// Request headers that the cache key omits, because they concern a single exchange.
const EXCHANGE_HEADERS: [&str; 5] =
    ["if-match", "if-none-match", "if-modified-since", "idempotency-key", "x-request-id"];

/// The head of a request that the router has matched to an operation. It is shared and never modified.
#[derive(Debug)]
pub(crate) struct RequestHead {
    pub(crate) parts: Parts,
    /// The data of the request that the handler's context and the gate expose.
    pub(crate) call: CallInfo,
    /// The byte ranges of the path parameters in the URI path, in the order of the path template.
    pub(crate) captured: Vec<Captured>,
    /// The key under which a cache stores the response. It is empty if the contract does not allow caching, or if the
    /// path is not valid.
    pub(crate) cache_key: String,
}

impl RequestHead {
    pub(crate) fn new(
        operation: &'static Operation,
        parts: Parts,
        address: Option<IpAddr>,
        request_id: RequestId,
        captured: Vec<Captured>,
    ) -> RequestHead {
        let mut parts = parts;
        if !operation.version.is_empty() {
            translate_conditions(&mut parts.headers, operation.version);
        }
        let accept = Accept::of(&parts.headers);
        let call = CallInfo { operation, request_id, address, accept };
        let mut head = RequestHead { parts, call, captured, cache_key: String::new() };
        if operation.cache.is_some() && head.check_path().is_ok() {
            head.cache_key = cache_key(&head);
        }
        head
    }

    /// Rejects a request with 400 if a path parameter is not valid percent-encoding.
    pub(crate) fn check_path(&self) -> Result<(), Problem> {
        match self.path().undecodable() {
            None => Ok(()),
            Some(name) => Err(undecodable(name)),
        }
    }

    /// Rejects a request with 406 if the caller accepts no media type that a success of the operation can have.
    pub(crate) fn check_acceptable(&self) -> Result<(), Problem> {
        let produces = self.call.operation.produces;
        if produces.is_empty() || self.call.accept.best(produces).is_some() {
            return Ok(());
        }
        let offered = produces.join(", ");
        Err(Problem::new(StatusCode::NOT_ACCEPTABLE, format!("the response is only available as {offered}")))
    }

    /// Returns true if the request has a header that the operation declares and the cache key omits.
    pub(crate) fn has_exchange_headers(&self) -> bool {
        self.call.operation.parameters.iter().any(|parameter| {
            parameter.location == ParameterLocation::Header
                && is_exchange_header(parameter.name)
                && self.parts.headers.contains_key(parameter.name)
        })
    }

    /// Returns the values of the path parameters in the request.
    pub(crate) fn path(&self) -> PathValues<'_> {
        PathValues::new(self.parts.uri.path(), &self.captured)
    }

    /// Returns the raw query string without the question mark. It is empty if the request has none.
    pub(crate) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }
}

/// Replaces the entity tags of `If-Match` by those without marks, which handlers know. `If-None-Match` stays: it is
/// compared with the tag that leaves.
fn translate_conditions(headers: &mut HeaderMap, version: &str) {
    let values: Result<Vec<&str>, _> = headers.get_all(header::IF_MATCH).iter().map(HeaderValue::to_str).collect();
    let condition = values.ok().and_then(|values| IfMatch::parse(&values.join(", ")));
    let translated = condition.map(|condition| condition.without_version(version).to_string());
    if let Some(value) = translated.and_then(|translated| HeaderValue::try_from(translated).ok()) {
        headers.insert(header::IF_MATCH, value);
    }
}

fn undecodable(name: &str) -> Problem {
    let violation = Violation {
        location: InputLocation::Path,
        field: name.to_owned(),
        message: "must be percent-encoded UTF-8".into(),
    };
    Problem::new(StatusCode::BAD_REQUEST, "the request is not valid")
        .with_code("VALIDATION_ERROR")
        .with_violation(violation)
}

/// Returns true if a request header concerns a single exchange.
fn is_exchange_header(name: &str) -> bool {
    EXCHANGE_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Returns the cache key of a request: the path, the declared parameters in the order of the contract, and the
/// response media types in the caller's order of preference.
///
/// Every value from the caller is percent-encoded, so that a value cannot imitate another component of the key.
fn cache_key(head: &RequestHead) -> String {
    let mut key = format!("{}{}", head.call.operation.version, head.call.operation.path);
    for (_, value) in head.path().iter() {
        let _ = write!(key, "/{}", percent::encode(&value));
    }
    for (index, parameter) in head.call.operation.parameters.iter().enumerate() {
        match parameter.location {
            ParameterLocation::Query => {
                for pair in query::pairs(head.query()) {
                    if belongs(head.call.operation.parameters, index, &pair.name) {
                        let value = percent::decode_form(pair.raw);
                        let value = value.as_deref().unwrap_or(pair.raw);
                        let _ = write!(key, "&{}={}", percent::encode(&pair.name), percent::encode(value));
                    }
                }
            }
            ParameterLocation::QueryString => {
                let _ = write!(key, "?{}", percent::encode(head.query()));
            }
            ParameterLocation::Header if !is_exchange_header(parameter.name) => {
                for value in head.parts.headers.get_all(parameter.name) {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    let _ = write!(key, "&{}:{}", parameter.name, percent::encode(&value));
                }
            }
            ParameterLocation::Cookie => {
                for pair in query::cookies(&head.parts.headers) {
                    if belongs(head.call.operation.parameters, index, &pair.name) {
                        let _ = write!(key, "&{};{}", percent::encode(&pair.name), percent::encode(pair.raw));
                    }
                }
            }
            ParameterLocation::Path | ParameterLocation::Header => {}
        }
    }
    let produces = head.call.operation.produces;
    let preferred: Vec<&str> = head.call.accept.order(produces).into_iter().map(|index| produces[index]).collect();
    let _ = write!(key, "|{}", preferred.join(","));
    if produces.iter().any(|media| media.contains('*')) {
        // A media range lets the handler choose the media type, so the raw `Accept` header belongs to the key.
        for value in head.parts.headers.get_all(http::header::ACCEPT) {
            let _ = write!(key, "|{}", percent::encode(&String::from_utf8_lossy(value.as_bytes())));
        }
    }
    key
}
