//! The id of a request, for logs: the id that the caller sent if it is valid, or else a new one.

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use uuid::fmt::Hyphenated;
use uuid::{Builder, Uuid};

/// The header `X-Request-Id`, which contains the request id in requests and in responses.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum length in bytes of a request id that the caller sends.
const LONGEST: usize = 64;

/// The id of a request in logs and responses: 1 to 64 characters of `[A-Za-z0-9._-]`. Cloning it is cheap.
///
/// The id is a request extension that middleware can set before the pipeline runs, and a response extension
/// that middleware can read afterwards.
///
/// ```
/// use writ_runtime::RequestId;
///
/// assert_eq!(RequestId::new("order-42").as_str(), "order-42");
/// // An invalid id is replaced by a new one.
/// assert_eq!(RequestId::new("two words").as_str().len(), 36);
/// ```
#[derive(Clone)]
pub struct RequestId(Id);

/// The stored form of a request id. A new id is stored without an allocation, since it is copied into the context,
/// the log and the response; only its header value allocates.
#[derive(Clone)]
enum Id {
    New([u8; Hyphenated::LENGTH]),
    Taken(HeaderValue),
}

impl RequestId {
    /// Returns a new request id: a UUID of version 7.
    pub fn generate() -> RequestId {
        let mut text = [0; Hyphenated::LENGTH];
        new_uuid().hyphenated().encode_lower(&mut text);
        RequestId(Id::New(text))
    }

    /// Returns the given string as a request id if it is valid, or else a new id.
    pub fn new(id: &str) -> RequestId {
        RequestId::harmless(id.as_bytes(), || HeaderValue::from_str(id).ok()).unwrap_or_else(RequestId::generate)
    }

    /// Returns the id of a request: the extension that middleware has set, or else a valid `X-Request-Id` header,
    /// or else a new UUID of version 7.
    pub fn of(parts: &Parts) -> RequestId {
        RequestId::sent(&parts.extensions, &parts.headers)
    }

    /// Returns the id of a request from its extensions and headers. See [`RequestId::of`].
    pub(crate) fn sent(extensions: &Extensions, headers: &HeaderMap) -> RequestId {
        if let Some(id) = extensions.get::<RequestId>() {
            return id.clone();
        }
        headers
            .get(X_REQUEST_ID)
            .and_then(|sent| RequestId::harmless(sent.as_bytes(), || Some(sent.clone())))
            .unwrap_or_else(RequestId::generate)
    }

    /// Returns the request id as a string.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Returns the request id as the value of a header.
    pub fn header(&self) -> HeaderValue {
        match &self.0 {
            // Hexadecimal digits and hyphens are always a valid header value.
            Id::New(text) => HeaderValue::from_bytes(text).unwrap_or(HeaderValue::from_static("none")),
            Id::Taken(value) => value.clone(),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Id::New(text) => text,
            Id::Taken(value) => value.as_bytes(),
        }
    }

    /// Returns a request id from the caller if it is valid. Ids are written to logs and headers, so ids with
    /// other characters are refused.
    fn harmless(id: &[u8], value: impl FnOnce() -> Option<HeaderValue>) -> Option<RequestId> {
        let is_harmless = (1..=LONGEST).contains(&id.len())
            && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        is_harmless.then(value).flatten().map(|value| RequestId(Id::Taken(value)))
    }
}

impl PartialEq for RequestId {
    fn eq(&self, other: &RequestId) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for RequestId {}

/// Returns a new UUID of version 7 for a request id. Its random bits are two mixed counters, which start at
/// random keys of the thread.
///
/// Request ids need to be unique, not secret, and the random source of the operating system would cost a
/// system call for each id.
fn new_uuid() -> Uuid {
    thread_local! {
        static COUNTS: Cell<[u64; 2]> = {
            let keys = RandomState::new();
            Cell::new([keys.hash_one(0), keys.hash_one(1)])
        };
    }
    // The increments are odd, so that each counter passes through all 2^64 values (SplitMix64).
    let [high, low] = COUNTS.get();
    COUNTS.set([high.wrapping_add(0x9e37_79b9_7f4a_7c15), low.wrapping_add(0xd1b5_4a32_d192_ed03)]);
    let mut random = [0; 10];
    random[..8].copy_from_slice(&mixed(high).to_be_bytes());
    random[8..].copy_from_slice(&mixed(low).to_be_bytes()[..2]);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Builder::from_unix_timestamp_millis(since.as_millis() as u64, &random).into_uuid()
}

/// Mixes the bits of a counter by Stafford's mix 13, a bijection that turns neighbouring numbers into unrelated
/// ones.
fn mixed(count: u64) -> u64 {
    let count = (count ^ (count >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let count = (count ^ (count >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    count ^ (count >> 31)
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
    fn a_valid_id_is_accepted() {
        assert_eq!(id_of("abc-1._Z"), "abc-1._Z");
    }

    #[test]
    fn an_invalid_id_is_replaced() {
        for bad in ["", "a b", "a\"b", &"x".repeat(65)] {
            assert_eq!(id_of(bad).len(), 36, "{bad}");
            assert_eq!(RequestId::new(bad).as_str().len(), 36, "{bad}");
        }
    }

    #[test]
    fn a_generated_id_equals_its_parsed_string() {
        let made = RequestId::generate();
        let taken = RequestId::new(made.as_str());
        assert_eq!((&made, made.header()), (&taken, taken.header()));
        assert_ne!(made, RequestId::generate());
    }

    #[test]
    fn new_ids_are_unique_uuids_of_version_7() {
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

    #[test]
    fn counters_are_mixed_as_by_split_mix_64() {
        // The first two numbers of SplitMix64 with the seed 0.
        const INCREMENT: u64 = 0x9e37_79b9_7f4a_7c15;
        assert_eq!(mixed(INCREMENT), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mixed(INCREMENT.wrapping_mul(2)), 0x6e78_9e6a_a1b9_65f4);
    }
}
