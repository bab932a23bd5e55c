//! `Idempotency-Key`: the key of a request, and the hash that tells a repeated request from another one.

use sha2::{Digest, Sha256};

use crate::request::body::Payload;
use crate::request::request_head::RequestHead;
use crate::validate::violation::{InputLocation, Violation};

/// The longest `Idempotency-Key` that is accepted, in bytes.
const LONGEST_KEY: usize = 255;

/// What identifies one intended effect: the caller's key and a hash of what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key as the caller sent it.
    pub key: String,
    /// SHA-256 over method, path, query and body.
    pub request_hash: [u8; 32],
}

/// The key under which the effect of a request is recorded, where the contract honours one and the
/// caller sent one. A key that is none is a violation.
pub(crate) fn key(head: &RequestHead, payload: &Payload) -> Option<Result<IdempotencyKey, Violation>> {
    head.call.operation.idempotency.as_ref()?;
    let mut values = head.parts.headers.get_all("idempotency-key").iter();
    let (first, second) = (values.next()?, values.next());
    let key = first.to_str().ok().map(str::trim);
    Some(match key {
        Some(key) if second.is_none() && (1..=LONGEST_KEY).contains(&key.len()) => {
            let body: &[u8] = match payload {
                Payload::Bytes(bytes) => bytes,
                _ => &[],
            };
            Ok(IdempotencyKey { key: key.to_owned(), request_hash: request_hash(head, body) })
        }
        _ => Err(Violation {
            location: InputLocation::Header,
            field: "Idempotency-Key".to_owned(),
            message: "must be one key of 1 to 255 ASCII characters".into(),
        }),
    })
}

/// SHA-256 over method, path, query in sorted order, and body. Each part is preceded by its
/// length, so that no two requests run together to the same bytes.
fn request_hash(head: &RequestHead, body: &[u8]) -> [u8; 32] {
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
