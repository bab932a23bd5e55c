//! The `Idempotency-Key` of a request and the hash that distinguishes a retry from a different request.

use sha2::{Digest, Sha256};

use crate::request::body::Payload;
use crate::request::request_head::RequestHead;
use crate::validate::violation::{InputLocation, Violation};

/// The maximum length of the request header `Idempotency-Key`, in bytes.
const MAX_KEY_LENGTH: usize = 255;

/// The idempotency key of a request: the key that the caller sent, and a hash of the request.
///
/// A handler stores both together with the effect of the request, separately for each caller and operation:
/// two callers may send equal keys, and the hash does not cover the caller. A second request with an equal key
/// and an equal hash is a retry. A second request with an equal key and a different hash is a mistake of the
/// caller and is refused with 422 (draft-ietf-httpapi-idempotency-key-header).
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
/// use http::StatusCode;
/// use writ_runtime::{Context, Idempotent, Problem, Recorded};
///
/// struct Stored {
///     request_hash: [u8; 32],
///     response: Recorded,
/// }
///
/// /// The recorded responses by principal, operation id and key.
/// type Store = HashMap<(u64, &'static str, String), Stored>;
///
/// /// Returns the recorded response if the request is a retry.
/// fn replay<T>(store: &Store, cx: &Context<u64>) -> Result<Option<Idempotent<T>>, Problem> {
///     let Some(key) = cx.idempotency() else { return Ok(None) };
///     match store.get(&(*cx.principal(), cx.operation().id, key.key.clone())) {
///         None => Ok(None),
///         Some(stored) if stored.request_hash == key.request_hash => {
///             Ok(Some(Idempotent::Recorded(stored.response.clone())))
///         }
///         Some(_) => Err(Problem::new(
///             StatusCode::UNPROCESSABLE_ENTITY,
///             "this idempotency key was used for a different request",
///         )),
///     }
/// }
/// # use writ_runtime::{Accept, CallInfo, IdempotencyKey, Operation, RequestId};
/// # static CREATE_ORDER: Operation = Operation { id: "createOrder", ..Operation::NONE };
/// # let call = |accept| CallInfo { operation: &CREATE_ORDER, request_id: RequestId::new("1"), address: None, accept };
/// # let cx = |principal, hash| {
/// #     let key = IdempotencyKey { key: "k".to_owned(), request_hash: [hash; 32] };
/// #     Context::new(principal, call(Accept::default())).with_idempotency(Some(key))
/// # };
/// # let response = Recorded { status: 201, headers: vec![], body: vec![] };
/// # let store = Store::from([((7, "createOrder", "k".to_owned()), Stored { request_hash: [1; 32], response })]);
/// # assert!(replay::<()>(&store, &cx(7, 1)).unwrap().is_some());
/// # assert!(replay::<()>(&store, &cx(8, 1)).unwrap().is_none());
/// # assert_eq!(replay::<()>(&store, &cx(7, 2)).unwrap_err().status, 422);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The value of the header `Idempotency-Key`, 1 to 255 bytes.
    pub key: String,
    /// The SHA-256 hash of the request's method, path, query and body, which tells a retry from a different request.
    pub request_hash: [u8; 32],
}

/// Returns the idempotency key of a request.
///
/// Returns `None` if the operation does not declare `x-idempotency`, or if the caller sent no key. Returns a
/// violation if the header is repeated, empty, too long or not ASCII.
pub(crate) fn key(head: &RequestHead, payload: &Payload) -> Option<Result<IdempotencyKey, Violation>> {
    head.call.operation.idempotency.as_ref()?;
    let mut values = head.parts.headers.get_all("idempotency-key").iter();
    let (first, second) = (values.next()?, values.next());
    let key = first.to_str().ok().map(str::trim);
    Some(match key {
        Some(key) if second.is_none() && (1..=MAX_KEY_LENGTH).contains(&key.len()) => {
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

/// Returns the SHA-256 hash of a request's method, path, sorted query and body, which tells a retry from a new request.
///
/// The length of each component precedes it, so that different requests never hash equal bytes.
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
