//! The one shape of every refusal.

use http::HeaderMap;
use reqwest::Response;
use serde_json::Value;

/// What a refusal says.
#[derive(Debug)]
pub struct Refusal {
    pub message: String,
    /// Each field that is wrong, in the order of the answer.
    pub fields: Vec<String>,
    pub headers: HeaderMap,
}

/// Checks that an answer is a refusal of this status and code, in the envelope and in nothing else.
pub async fn refused(answer: Response, status: u16, code: &str) -> Refusal {
    let (found, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.unwrap();
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

/// A 401, which says what it would take (RFC 9110 § 11.6.1).
pub async fn unauthorized(answer: Response) -> Refusal {
    let refusal = refused(answer, 401, "UNAUTHORIZED").await;
    let challenge = refusal.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer"), "{challenge}");
    refusal
}

/// A 429 of a limit of so many requests, which says when to come again.
pub async fn limited(answer: Response, requests: u64) -> Refusal {
    let refusal = refused(answer, 429, "RATE_LIMITED").await;
    let number = |name: &str| refusal.headers[name].to_str().unwrap().parse::<u64>().unwrap();
    assert_eq!((number("x-ratelimit-limit"), number("x-ratelimit-remaining")), (requests, 0));
    assert!((1..=60).contains(&number("retry-after")), "{:?}", refusal.headers);
    assert!(number("x-ratelimit-reset") > 1_700_000_000, "{:?}", refusal.headers);
    refusal
}

/// The names of an object, sorted.
pub fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
