//! The id of a request: the caller's where it is harmless, else a new one.

use http::request::Parts;
use http::{HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries the id, both ways.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over, in bytes.
const LONGEST: usize = 64;

/// The id of a request, as an extension: a layer may set it before the edge, and finds it in the
/// extensions of the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// The id that a layer has set, else the one of `X-Request-Id` where it is 1 to 64 characters
    /// of `[A-Za-z0-9._-]`, else a new UUID of version 7.
    pub fn of(parts: &Parts) -> RequestId {
        if let Some(id) = parts.extensions.get::<RequestId>() {
            return id.clone();
        }
        let sent = parts.headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
        match sent {
            Some(id) if is_harmless(id) => RequestId(id.to_owned()),
            _ => RequestId(Uuid::now_v7().to_string()),
        }
    }

    /// The id as a header's value; an id that no header can hold yields `None`.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// Ids reach logs and headers, so that nothing else is let through.
fn is_harmless(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(header: &str) -> String {
        let request = http::Request::builder().header("X-Request-Id", header).body(()).unwrap();
        RequestId::of(&request.into_parts().0).0
    }

    #[test]
    fn a_harmless_id_is_taken_over() {
        assert_eq!(id_of("abc-1._Z"), "abc-1._Z");
    }

    #[test]
    fn another_id_is_replaced() {
        for bad in ["", "a b", "a\"b", &"x".repeat(65)] {
            assert_eq!(id_of(bad).len(), 36, "{bad}");
        }
    }
}
