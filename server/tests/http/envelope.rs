//! Helpers to check the error envelope of a refused request.

use http::HeaderMap;
use reqwest::Response;
use serde_json::Value;

/// The content of a refusal.
#[derive(Debug)]
pub struct Refusal {
    pub message: String,
    /// The fields of the details, in the order of the response.
    pub fields: Vec<String>,
    pub headers: HeaderMap,
}

/// Checks that a response is a refusal with this status and code, and that its body is the error envelope.
pub async fn refused(response: Response, status: u16, code: &str) -> Refusal {
    let (found, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    assert_eq!(headers["content-type"], "application/json", "{text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    let error = &body["error"];
    assert_eq!(names(&body), ["error"], "{text}");
    assert_eq!(names(error), ["code", "details", "message", "requestId"], "{text}");
    assert_eq!(error["code"], code, "{text}");
    assert_eq!(error["requestId"], headers["x-request-id"].to_str().unwrap(), "{text}");
    let message = error["message"].as_str().unwrap().to_owned();
    assert!(!message.is_empty());
    let fields = error["details"].as_array().unwrap().iter().map(|detail| {
        assert_eq!(names(detail), ["field", "message"], "{text}");
        assert!(detail["message"].as_str().is_some_and(|message| !message.is_empty()), "{text}");
        detail["field"].as_str().unwrap().to_owned()
    });
    Refusal { message, fields: fields.collect(), headers }
}

/// Checks that a response is a 401 with a challenge (RFC 9110 § 11.6.1).
pub async fn unauthorized(response: Response) -> Refusal {
    let refusal = refused(response, 401, "UNAUTHORIZED").await;
    let challenge = refusal.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer"), "{challenge}");
    refusal
}

/// Checks that a response is a 429 for a limit of `requests`, with the headers of the limit.
pub async fn limited(response: Response, requests: u64) -> Refusal {
    let refusal = refused(response, 429, "RATE_LIMITED").await;
    let number = |name: &str| refusal.headers[name].to_str().unwrap().parse::<u64>().unwrap();
    assert_eq!((number("x-ratelimit-limit"), number("x-ratelimit-remaining")), (requests, 0));
    assert!((1..=60).contains(&number("retry-after")), "{:?}", refusal.headers);
    assert!(number("x-ratelimit-reset") > 1_700_000_000, "{:?}", refusal.headers);
    refusal
}

/// Returns the sorted field names of an object.
pub fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
