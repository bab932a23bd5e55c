//! Tests of the refusals of the request pipeline, for all operations on sessions and users.

use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::clients::own_path;
use crate::envelope::{limited, refused, unauthorized};
use crate::support::{Service, Session};

/// An operation, as far as the request pipeline is concerned.
struct Case {
    method: Method,
    path: String,
    /// The rate limit in requests per minute.
    requests: u64,
    /// The maximum size of a body in bytes. 0 if the operation has no body.
    bytes: usize,
    /// A body that can be parsed, and its invalid fields.
    wrong: (Value, &'static [&'static str]),
    /// True if the operation needs no credentials.
    public: bool,
    /// True if the operation requires `If-Match`.
    conditional: bool,
    /// True if the response has a body.
    has_response_body: bool,
}

fn cases(user: &Value) -> Vec<Case> {
    let own = own_path(user);
    let case = |method: Method, path: &str, requests, bytes, wrong| Case {
        public: path.contains("/auth/") || (path == "/v1/users" && method == Method::POST),
        conditional: path == own && method != Method::GET,
        has_response_body: !path.ends_with("logout") && !path.ends_with("password") && method != Method::DELETE,
        path: path.to_owned(),
        method,
        requests,
        bytes,
        wrong,
    };
    let none: (Value, &[&str]) = (Value::Null, &[]);
    let login: (Value, &[&str]) = (json!({ "email": "nobody", "password": "" }), &["email", "password"]);
    let token: (Value, &[&str]) = (json!({ "refreshToken": 1, "more": 2 }), &["more", "refreshToken"]);
    let new: (Value, &[&str]) = (json!({ "email": 1, "name": " x" }), &["email", "name", "password"]);
    let replacement: (Value, &[&str]) = (json!({ "name": " x", "role": "root" }), &["name", "role", "email"]);
    let change: (Value, &[&str]) = (json!({ "id": 1, "name": null, "role": null }), &["id", "name", "role"]);
    let password: (Value, &[&str]) = (json!({ "current": "", "new": "short" }), &["current", "new"]);
    vec![
        case(Method::POST, "/v1/auth/login", 20, 4096, login),
        case(Method::POST, "/v1/auth/refresh", 30, 4096, token.clone()),
        case(Method::POST, "/v1/auth/logout", 30, 4096, token),
        case(Method::GET, "/v1/users", 100, 0, none.clone()),
        case(Method::POST, "/v1/users", 20, 16_384, new),
        case(Method::GET, &own, 100, 0, none.clone()),
        case(Method::PUT, &own, 30, 16_384, replacement),
        case(Method::PATCH, &own, 30, 16_384, change),
        case(Method::DELETE, &own, 30, 0, none),
        case(Method::POST, &format!("{own}/password"), 10, 4096, password),
    ]
}

/// Returns a request with valid credentials and `If-Match`, so that only its body can be refused.
fn request(service: &Service, session: &Session, case: &Case) -> RequestBuilder {
    let request = match case.public {
        true => service.request(case.method.clone(), &case.path),
        false => service.call(session, case.method.clone(), &case.path),
    };
    if case.conditional { request.header("if-match", r#""1""#) } else { request }
}

async fn start() -> (Service, Session, Vec<Case>) {
    let service = Service::start().await;
    let (_, user) = service.user("user@example.com").await;
    let admin = service.admin().await;
    (service, admin, cases(&user))
}

#[tokio::test]
async fn a_body_that_cannot_be_parsed_is_refused() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.bytes > 0) {
        let send =
            |media: &str, body: String| request(&service, &admin, case).header("content-type", media).body(body).send();
        for (media, body) in
            [("text/plain", "{}"), ("application/xml", "<a/>"), ("application/json; charset=latin1", "{}")]
        {
            refused(send(media, body.to_owned()).await.unwrap(), 415, "UNSUPPORTED_MEDIA_TYPE").await;
        }
        for body in ["{", "{}{}", "\u{0}", r#"{"a":1,}"#] {
            refused(send("application/json", body.to_owned()).await.unwrap(), 400, "BAD_REQUEST").await;
        }
        let large = send("application/json", " ".repeat(case.bytes + 1)).await.unwrap();
        refused(large, 413, "PAYLOAD_TOO_LARGE").await;
    }
}

#[tokio::test]
async fn all_violations_of_a_body_are_reported_together() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.bytes > 0) {
        let response = request(&service, &admin, case).json(&case.wrong.0).send().await.unwrap();
        let error = refused(response, 422, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, case.wrong.1, "{} {}", case.method, case.path);
    }
}

#[tokio::test]
async fn all_violations_of_parameters_and_body_are_reported_together() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.conditional) {
        let path = "/v1/users/usr_1";
        let response = service.call(&admin, case.method.clone(), path).header("if-match", "1").json(&case.wrong.0);
        let error = refused(response.send().await.unwrap(), 400, "VALIDATION_ERROR").await;
        let expected: Vec<&str> = ["userId", "If-Match"].iter().chain(case.wrong.1).copied().collect();
        assert_eq!(error.fields, expected, "{}", case.method);
    }
    for (path, expected) in [
        ("/v1/users/usr_1?fields=password,id,salt", vec!["userId", "fields[0]", "fields[2]"]),
        (
            "/v1/users?page=0&limit=101&role=root&sort=age,-name&createdAfter=today&fields=",
            vec!["limit", "page", "role", "createdAfter", "sort[0]", "fields"],
        ),
        ("/v1/users?page=1&cursor=AAAA", vec!["cursor"]),
    ] {
        let response = service.call(&admin, Method::GET, path).send().await.unwrap();
        let error = refused(response, 400, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, expected, "{path}");
    }
}

#[tokio::test]
async fn a_request_without_a_valid_token_is_refused() {
    let (service, _, cases) = start().await;
    let tokens = ["", "x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMDFrZjBmdjJlMGZhYnIyNHBhM2V5d255cDIifQ."];
    for case in cases.iter().filter(|case| !case.public) {
        unauthorized(service.request(case.method.clone(), &case.path).send().await.unwrap()).await;
        for token in tokens {
            let request = service.request(case.method.clone(), &case.path).bearer_auth(token);
            unauthorized(request.send().await.unwrap()).await;
        }
    }
}

#[tokio::test]
async fn a_request_that_does_not_accept_json_is_refused() {
    let (service, admin, cases) = start().await;
    for case in cases {
        let response = request(&service, &admin, &case).json(&case.wrong.0).header("accept", "text/html").send();
        let response = response.await.unwrap();
        match case.has_response_body {
            true => drop(refused(response, 406, "NOT_ACCEPTABLE").await),
            false => assert_ne!(response.status(), 406, "{} {}", case.method, case.path),
        }
    }
}

#[tokio::test]
async fn a_change_without_if_match_is_refused() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.conditional) {
        let body = json!({ "email": "user@example.com", "name": "New Name", "role": "user" });
        let response = service.call(&admin, case.method.clone(), &case.path).json(&body).send().await.unwrap();
        let error = refused(response, 428, "PRECONDITION_REQUIRED").await;
        assert_eq!(error.fields, ["If-Match"], "{}", case.method);
    }
}

#[tokio::test]
async fn every_operation_has_its_declared_rate_limit() {
    let (service, admin, cases) = start().await;
    // Two requests are tolerated, because the setup has used the limits of registration and login in part.
    for case in cases {
        let mut accepted = 0;
        let refusal = loop {
            // The request has no effect but is counted, because its condition or its body is not valid.
            let response = request(&service, &admin, &case).header("if-match", r#"W/"1""#).json(&case.wrong.0).send();
            let response = response.await.unwrap();
            if response.status() == 429 || accepted > 2 * case.requests {
                break response;
            }
            assert_eq!(response.headers()["x-ratelimit-limit"], case.requests.to_string());
            accepted += 1;
        };
        limited(refusal, case.requests).await;
        assert!(accepted + 2 >= case.requests, "{} {}: {accepted}", case.method, case.path);
    }
}
