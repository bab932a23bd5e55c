//! The input of an operation, on its way to being decoded.

use std::sync::Arc;

use http::StatusCode;

use crate::body::Payload;
use crate::decoder::Decoder;
use crate::head::{self, Head};
use crate::idempotency::IdempotencyKey;
use crate::operation::Place;
use crate::problem::Problem;
use crate::reply::Responder;
use crate::slot::Slot;
use crate::violation::Violation;

/// The longest `Idempotency-Key` that is taken, in bytes.
const LONGEST_KEY: usize = 255;

/// What a caller sent, let in but not yet decoded.
#[derive(Debug)]
pub struct Input {
    head: Arc<Head>,
    media: usize,
    payload: Payload,
    /// What the edge itself found wrong, to be named with the rest.
    found: Option<Violation>,
    /// Where a refusal goes that is found while the handler reads the body.
    refusal: Slot,
}

impl Input {
    pub(crate) fn new(head: Arc<Head>, media: usize, payload: Payload, found: Option<Violation>) -> Input {
        let refusal = if matches!(payload, Payload::Stream(_)) { Slot::shared() } else { Slot::default() };
        Input { head, media, payload, found, refusal }
    }

    /// Decodes the request of an operation by its generated function.
    ///
    /// The error names every violation of parameters and body: a 400 where a parameter is wrong or
    /// the body cannot be read, a 428 where only a required `If-Match` is missing and the contract
    /// declares 428, else a 422 where it declares that, else a 400.
    pub fn decode<T>(self, decode: fn(&mut Decoder<'_>) -> Option<T>) -> Result<(T, Responder), Problem> {
        let mut decoder = Decoder::new(&self.head, self.media, self.payload, self.found, self.refusal);
        let value = decode(&mut decoder);
        let responder = decoder.finish()?;
        match value {
            Some(value) => Ok((value, responder)),
            None => Err(Problem::internal("decoding failed without naming a violation")),
        }
    }

    pub(crate) fn refusal(&self) -> Slot {
        self.refusal.clone()
    }
}

/// The key under which the effect of a request is recorded, where the contract honours one and the
/// caller sent one. A key that is none is a violation.
pub(crate) fn idempotency(head: &Head, payload: &Payload) -> Option<Result<IdempotencyKey, Violation>> {
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
            Ok(IdempotencyKey { key: key.to_owned(), request_hash: head::request_hash(head, body) })
        }
        _ => Err(Violation {
            place: Place::Header,
            field: "Idempotency-Key".to_owned(),
            message: "must be one key of 1 to 255 ASCII characters".into(),
        }),
    })
}

/// The refusal of a caller that accepts none of the operation's media types.
pub(crate) fn not_acceptable(head: &Head) -> Problem {
    let offered = head.call.operation.produces.join(", ");
    Problem::new(StatusCode::NOT_ACCEPTABLE, format!("the answer can only be {offered}"))
}
