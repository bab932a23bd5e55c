//! The id of a request: the caller's where it is harmless, else a new one.

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use uuid::{Builder, Uuid};

/// The header that carries the id, both ways.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over, in bytes.
const LONGEST: usize = 64;

/// The id of a request, as an extension: a layer may set it before the edge, and finds it in the
/// extensions of the response. It is 1 to 64 characters of `[A-Za-z0-9._-]`. Cloning it is cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// A new id: a UUID of version 7.
    pub fn generate() -> RequestId {
        let mut text = Uuid::encode_buffer();
        let text: &[u8] = new_uuid().hyphenated().encode_lower(&mut text).as_bytes();
        // Hexadecimal digits and hyphens are a header's value.
        RequestId(HeaderValue::from_bytes(text).unwrap_or(HeaderValue::from_static("none")))
    }

    /// This id where it is harmless, else a new one.
    pub fn new(id: &str) -> RequestId {
        RequestId::harmless(id.as_bytes(), || HeaderValue::from_str(id).ok()).unwrap_or_else(RequestId::generate)
    }

    /// The id that a layer has set, else the one of `X-Request-Id` where it is 1 to 64 characters
    /// of `[A-Za-z0-9._-]`, else a new UUID of version 7.
    pub fn of(parts: &Parts) -> RequestId {
        RequestId::sent(&parts.extensions, &parts.headers)
    }

    /// The same of a request that is not taken apart yet.
    pub(crate) fn sent(extensions: &Extensions, headers: &HeaderMap) -> RequestId {
        if let Some(id) = extensions.get::<RequestId>() {
            return id.clone();
        }
        headers
            .get(X_REQUEST_ID)
            .and_then(|sent| RequestId::harmless(sent.as_bytes(), || Some(sent.clone())))
            .unwrap_or_else(RequestId::generate)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The id as a header's value.
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Ids reach logs and headers, so that nothing else is let through.
    fn harmless(id: &[u8], value: impl FnOnce() -> Option<HeaderValue>) -> Option<RequestId> {
        let is_harmless = (1..=LONGEST).contains(&id.len())
            && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        is_harmless.then(value).flatten().map(RequestId)
    }
}

/// A UUID of version 7 whose random bits are hashes of a count under keys of this thread. Nobody is
/// to be kept from guessing it, and the system's randomness takes a system call for each.
fn new_uuid() -> Uuid {
    thread_local! {
        static KEYS: (RandomState, RandomState) = (RandomState::new(), RandomState::new());
        static COUNT: Cell<u64> = const { Cell::new(0) };
    }
    let count = COUNT.replace(COUNT.get().wrapping_add(1));
    let (high, low) = KEYS.with(|(high, low)| (high.hash_one(count), low.hash_one(count)));
    let mut random = [0; 10];
    random[..8].copy_from_slice(&high.to_be_bytes());
    random[8..].copy_from_slice(&low.to_be_bytes()[..2]);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Builder::from_unix_timestamp_millis(since.as_millis() as u64, &random).into_uuid()
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestId").field(&self.as_str()).finish()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(header: &str) -> String {
        let request = http::Request::builder().header("X-Request-Id", header).body(()).unwrap();
        RequestId::of(&request.into_parts().0).to_string()
    }

    #[test]
    fn a_harmless_id_is_taken_over() {
        assert_eq!(id_of("abc-1._Z"), "abc-1._Z");
    }

    #[test]
    fn another_id_is_replaced() {
        for bad in ["", "a b", "a\"b", &"x".repeat(65)] {
            assert_eq!(id_of(bad).len(), 36, "{bad}");
            assert_eq!(RequestId::new(bad).as_str().len(), 36, "{bad}");
        }
    }

    #[test]
    fn new_ids_are_uuids_of_version_7_and_no_two_are_alike() {
        let ids: std::collections::HashSet<Uuid> = (0..4)
            .flat_map(|_| std::thread::spawn(|| (0..1000).map(|_| RequestId::generate()).collect::<Vec<_>>()).join())
            .flatten()
            .map(|id| Uuid::parse_str(id.as_str()).unwrap())
            .collect();
        assert_eq!(ids.len(), 4000);
        for id in ids {
            assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
            let (seconds, _) = id.get_timestamp().unwrap().to_unix();
            assert!(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().abs_diff(seconds) < 60, "{id}");
        }
    }
}
