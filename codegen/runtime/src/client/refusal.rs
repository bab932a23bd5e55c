//! Reading refusals in a client: from the error envelope of the contract back to a problem.

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use crate::http::request_id::X_REQUEST_ID;
use crate::response::problem::Problem;
use crate::validate::violation::Violation;

/// The location of each field of a refusal in the contract's error schema, as a list of keys. Clients read
/// refusals with it.
///
/// A list is empty if the schema has no such field. Generated code has one `static` of this type for each contract;
/// a service does not use it.
#[derive(Debug)]
pub struct Envelope {
    /// The location of the error code for programs in the JSON of a refusal.
    pub code: &'static [&'static str],
    /// The location of the message for people in the JSON of a refusal.
    pub message: &'static [&'static str],
    /// The location of the list of violations in the JSON of a refusal.
    pub details: &'static [&'static str],
    /// The two keys of a violation in the list of violations: its field and its message.
    pub detail: (&'static str, &'static str),
    /// The location of the request id in the JSON of a refusal.
    pub request_id: &'static [&'static str],
}

impl Envelope {
    /// The locations of the fields in RFC 9457 problem details, for contracts that declare no error schema.
    pub const PROBLEM: Envelope = Envelope {
        code: &["code"],
        message: &["detail"],
        details: &["errors"],
        detail: ("field", "message"),
        request_id: &["requestId"],
    };

    /// Reads a refusal from an error response that the client received.
    ///
    /// A proxy may respond in another shape. The problem then has only the data that the status code implies.
    pub(super) fn read(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Problem {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |steps: &[&str]| match find(&value, steps)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let message = text(self.message).map(Cow::Owned);
        let reason = status.canonical_reason().unwrap_or("refused");
        let mut problem = Problem::new(status, message.unwrap_or(Cow::Borrowed(reason)));
        if let Some(code) = text(self.code) {
            problem.code = Cow::Owned(code);
        }
        if let Some(Value::Array(details)) = find(&value, self.details) {
            let (field, message) = self.detail;
            let text_of =
                |detail: &Value, name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            problem
                .violations
                .extend(details.iter().map(|detail| Violation::body(text_of(detail, field), text_of(detail, message))));
        }
        problem.headers.extend(headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        let id = text(self.request_id).and_then(|id| HeaderValue::try_from(id).ok());
        if let Some(id) = id.filter(|_| !headers.contains_key(X_REQUEST_ID)) {
            problem.headers.push((X_REQUEST_ID, id));
        }
        problem
    }
}

fn find<'v>(value: &'v Value, steps: &[&str]) -> Option<&'v Value> {
    if steps.is_empty() {
        return None;
    }
    steps.iter().try_fold(value, |value, step| value.get(step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_from_its_envelope() {
        const OWN: Envelope = Envelope {
            code: &["error", "code"],
            message: &["error", "text"],
            details: &["error", "fields"],
            detail: ("path", "reason"),
            request_id: &["trace"],
        };
        let body =
            br#"{"error": {"code": "TAKEN", "text": "taken", "fields": [{"path": "a", "reason": "b"}]}, "trace": "7"}"#;
        let problem = OWN.read(StatusCode::CONFLICT, &HeaderMap::new(), body);
        assert_eq!((&*problem.code, &*problem.message), ("TAKEN", "taken"));
        assert_eq!(problem.violations, [Violation::body("a", "b")]);
        assert_eq!(problem.header("x-request-id"), Some("7"));
    }

    #[test]
    fn a_response_in_another_shape_becomes_its_status() {
        let problem = Envelope::PROBLEM.read(StatusCode::BAD_GATEWAY, &HeaderMap::new(), b"<html>");
        assert_eq!((&*problem.code, &*problem.message), ("BAD_GATEWAY", "Bad Gateway"));
    }
}
