//! What is known of a request before its body is read.

use std::fmt::Write as _;

use http::request::Parts;
use sha2::{Digest, Sha256};

use crate::accept::Accept;
use crate::address;
use crate::context::CallInfo;
use crate::operation::{Operation, Place, Shape};
use crate::path::{Captured, PathValues};
use crate::percent;
use crate::query;
use crate::request_id::RequestId;

/// Headers that steer one exchange and do not tell two answers apart.
const OF_THE_EXCHANGE: [&str; 5] =
    ["if-match", "if-none-match", "if-modified-since", "idempotency-key", "x-request-id"];

/// A request that has found its operation.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) parts: Parts,
    /// What the context and the gate are told.
    pub(crate) call: CallInfo,
    /// Where the path's parameters stand in it, in the order of the template.
    pub(crate) captured: Vec<Captured>,
    /// What tells two answers apart; empty where nothing is kept.
    pub(crate) cache_key: String,
}

impl Head {
    pub(crate) fn new(
        operation: &'static Operation,
        parts: Parts,
        request_id: RequestId,
        captured: Vec<Captured>,
    ) -> Head {
        let call = CallInfo {
            operation,
            request_id,
            address: address::of(&parts.extensions),
            idempotency: None,
            accept: Accept::of(&parts.headers),
        };
        let mut head = Head { parts, call, captured, cache_key: String::new() };
        if operation.cache.is_some() {
            head.cache_key = cache_key(&head);
        }
        head
    }

    /// Whether the caller accepts any of the media types that a success can have.
    pub(crate) fn can_be_answered(&self) -> bool {
        self.call.operation.produces.is_empty() || self.call.accept.best(self.call.operation.produces).is_some()
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

/// SHA-256 over method, path, query in sorted order, and body. Each part is preceded by its
/// length, so that no two requests run together to the same bytes.
pub(crate) fn request_hash(head: &Head, body: &[u8]) -> [u8; 32] {
    let mut pairs: Vec<&str> = head.query().split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(head.parts.method.as_str().as_bytes());
    part(head.parts.uri.path().as_bytes());
    part(&(pairs.len() as u64).to_be_bytes());
    pairs.iter().for_each(|pair| part(pair.as_bytes()));
    part(body);
    hash.finalize().into()
}

/// Path, declared parameters in the order of the contract, and the media types of the answer in the
/// order in which the caller likes them.
/// Every text of the caller is encoded, so that it cannot pass for another part of the key.
fn cache_key(head: &Head) -> String {
    let mut key = head.call.operation.path.to_owned();
    for (_, value) in head.path().iter() {
        let _ = write!(key, "/{}", percent::encode(&value));
    }
    for (index, parameter) in head.call.operation.parameters.iter().enumerate() {
        match parameter.place {
            Place::Query => {
                for pair in query::pairs(head.query()) {
                    if belongs(head.call.operation, index, &pair.name) {
                        let value = percent::decode_form(pair.raw);
                        let value = value.as_deref().unwrap_or(pair.raw);
                        let _ = write!(key, "&{}={}", percent::encode(&pair.name), percent::encode(value));
                    }
                }
            }
            Place::Header if !OF_THE_EXCHANGE.iter().any(|name| parameter.name.eq_ignore_ascii_case(name)) => {
                for value in head.parts.headers.get_all(parameter.name) {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    let _ = write!(key, "&{}:{}", parameter.name, percent::encode(&value));
                }
            }
            Place::Cookie => {
                for pair in query::cookies(&head.parts.headers) {
                    if belongs(head.call.operation, index, &pair.name) {
                        let _ = write!(key, "&{};{}", percent::encode(&pair.name), percent::encode(pair.raw));
                    }
                }
            }
            _ => {}
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

/// Whether a pair of this name in the query or the cookies is part of the declared parameter at `index`.
pub(crate) fn belongs(operation: &Operation, index: usize, name: &str) -> bool {
    use crate::operation::Style;
    let Some(parameter) = operation.parameters.get(index) else {
        return false;
    };
    match (parameter.style, parameter.shape) {
        (Style::DeepObject, _) => name.strip_prefix(parameter.name).is_some_and(|rest| rest.starts_with('[')),
        // Its properties stand beside the other parameters, under names of their own.
        (Style::Form, Shape::Object) if parameter.explode => {
            let known = parameter.fields.is_none_or(|fields| fields.contains(&name));
            known
                && !operation.parameters.iter().enumerate().any(|(other, declared)| {
                    other != index
                        && declared.place == parameter.place
                        && !(declared.style == Style::Form && declared.shape == Shape::Object && declared.explode)
                        && (declared.name == name
                            || declared.style == Style::DeepObject && belongs(operation, other, name))
                })
        }
        _ => parameter.name == name,
    }
}
