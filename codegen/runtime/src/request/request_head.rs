//! The head of a request: everything that is known before its body is read.

use std::fmt::Write as _;
use std::net::IpAddr;

use http::StatusCode;
use http::request::Parts;

use crate::http::accept::Accept;
use crate::http::path::{Captured, PathValues};
use crate::http::percent;
use crate::http::query;
use crate::http::request_id::RequestId;
use crate::operation::{Operation, ParameterLocation};
use crate::request::call_info::CallInfo;
use crate::response::problem::Problem;
use crate::style::spread::belongs;

/// Headers that steer one exchange and do not tell two answers apart.
const OF_ONE_EXCHANGE: [&str; 5] =
    ["if-match", "if-none-match", "if-modified-since", "idempotency-key", "x-request-id"];

/// The head of a request that was routed to its operation. It is shared, and never changed.
#[derive(Debug)]
pub(crate) struct RequestHead {
    pub(crate) parts: Parts,
    /// The part of it that the context and the gate see.
    pub(crate) call: CallInfo,
    /// The positions of the parameters in the path, in the order of the template.
    pub(crate) captured: Vec<Captured>,
    /// The cache key of the response; empty where no response may be kept.
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
        let accept = Accept::of(&parts.headers);
        let call = CallInfo { operation, request_id, address, accept };
        let mut head = RequestHead { parts, call, captured, cache_key: String::new() };
        if operation.cache.is_some() {
            head.cache_key = cache_key(&head);
        }
        head
    }

    /// Refuses a caller that accepts none of the media types that a success can have.
    pub(crate) fn check_acceptable(&self) -> Result<(), Problem> {
        let produces = self.call.operation.produces;
        if produces.is_empty() || self.call.accept.best(produces).is_some() {
            return Ok(());
        }
        let offered = produces.join(", ");
        Err(Problem::new(StatusCode::NOT_ACCEPTABLE, format!("the answer can only be {offered}")))
    }

    /// The path's parameters.
    pub(crate) fn path(&self) -> PathValues<'_> {
        PathValues::new(self.parts.uri.path(), &self.captured)
    }

    /// The query as it came.
    pub(crate) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }
}

/// Path, declared parameters in the order of the contract, and the media types of the answer in the
/// order in which the caller likes them.
/// Every text of the caller is encoded, so that it cannot pass for another part of the key.
fn cache_key(head: &RequestHead) -> String {
    let mut key = head.call.operation.path.to_owned();
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
            ParameterLocation::Header
                if !OF_ONE_EXCHANGE.iter().any(|name| parameter.name.eq_ignore_ascii_case(name)) =>
            {
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
    let liked: Vec<&str> = head.call.accept.order(produces).into_iter().map(|index| produces[index]).collect();
    let _ = write!(key, "|{}", liked.join(","));
    if produces.iter().any(|media| media.contains('*')) {
        // The handler chooses among more than is listed.
        for value in head.parts.headers.get_all(http::header::ACCEPT) {
            let _ = write!(key, "|{}", percent::encode(&String::from_utf8_lossy(value.as_bytes())));
        }
    }
    key
}
