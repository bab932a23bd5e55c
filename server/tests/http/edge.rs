//! What every operation on sessions and users refuses before its own business begins.

use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::clients::own_path;
use crate::envelope::{limited, refused, unauthorized};
use crate::support::{Service, Session};

/// An operation, as far as the way in is concerned.
struct Case {
    method: Method,
    path: String,
    /// How many requests a minute it bears.
    requests: u64,
    /// The most bytes of a body; 0: none is taken.
    bytes: usize,
    /// A body that can be read, and the fields that are wrong with it.
    wrong: (Value, &'static [&'static str]),
    public: bool,
    conditional: bool,
    /// Whether it answers with a body.
    answers: bool,
}

fn cases(user: &Value) -> Vec<Case> {
    let own = own_path(user);
    let case = |method: Method, path: &str, requests, bytes, wrong| Case {
        public: path.contains("/auth/") || (path == "/v1/users" && method == Method::POST),
        conditional: path == own && method != Method::GET,
        answers: !path.ends_with("logout") && !path.ends_with("password") && method != Method::DELETE,
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
    let whole: (Value, &[&str]) = (json!({ "name": " x", "role": "root" }), &["name", "role", "email"]);
    let part: (Value, &[&str]) = (json!({ "id": 1, "name": null, "role": null }), &["id", "name", "role"]);
    let password: (Value, &[&str]) = (json!({ "current": "", "new": "short" }), &["current", "new"]);
    vec![
        case(Method::POST, "/v1/auth/login", 20, 4096, login),
        case(Method::POST, "/v1/auth/refresh", 30, 4096, token.clone()),
        case(Method::POST, "/v1/auth/logout", 30, 4096, token),
        case(Method::GET, "/v1/users", 100, 0, none.clone()),
        case(Method::POST, "/v1/users", 20, 16_384, new),
        case(Method::GET, &own, 100, 0, none.clone()),
        case(Method::PUT, &own, 30, 16_384, whole),
        case(Method::PATCH, &own, 30, 16_384, part),
        case(Method::DELETE, &own, 30, 0, none),
        case(Method::POST, &format!("{own}/password"), 10, 4096, password),
    ]
}

/// A request that comes as far as its body.
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
async fn a_body_of_another_kind_is_refused() {
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
async fn all_that_is_wrong_with_a_body_is_told_at_once() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.bytes > 0) {
        let answer = request(&service, &admin, case).json(&case.wrong.0).send().await.unwrap();
        let error = refused(answer, 422, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, case.wrong.1, "{} {}", case.method, case.path);
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_parameters_and_body_is_told_at_once() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.conditional) {
        let path = "/v1/users/usr_1";
        let answer = service.call(&admin, case.method.clone(), path).header("if-match", "1").json(&case.wrong.0);
        let error = refused(answer.send().await.unwrap(), 400, "VALIDATION_ERROR").await;
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
        let answer = service.call(&admin, Method::GET, path).send().await.unwrap();
        let error = refused(answer, 400, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, expected, "{path}");
    }
}

#[tokio::test]
async fn who_shows_no_good_token_is_not_let_in() {
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
async fn a_caller_that_reads_no_json_is_told_so() {
    let (service, admin, cases) = start().await;
    for case in cases {
        let answer = request(&service, &admin, &case).json(&case.wrong.0).header("accept", "text/html").send();
        let answer = answer.await.unwrap();
        match case.answers {
            true => drop(refused(answer, 406, "NOT_ACCEPTABLE").await),
            false => assert_ne!(answer.status(), 406, "{} {}", case.method, case.path),
        }
    }
}

#[tokio::test]
async fn a_change_without_a_condition_is_refused() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.conditional) {
        let body = json!({ "email": "user@example.com", "name": "New Name", "role": "user" });
        let answer = service.call(&admin, case.method.clone(), &case.path).json(&body).send().await.unwrap();
        let error = refused(answer, 428, "PRECONDITION_REQUIRED").await;
        assert_eq!(error.fields, ["If-Match"], "{}", case.method);
    }
}

#[tokio::test]
async fn every_operation_has_its_limit() {
    let (service, admin, cases) = start().await;
    // Made requests count: the limits of registering and signing in are used in part already.
    for case in cases {
        let mut borne = 0;
        let refusal = loop {
            // Nothing happens but counting: the condition or the body is never good.
            let answer = request(&service, &admin, &case).header("if-match", r#"W/"1""#).json(&case.wrong.0).send();
            let answer = answer.await.unwrap();
            if answer.status() == 429 || borne > 2 * case.requests {
                break answer;
            }
            assert_eq!(answer.headers()["x-ratelimit-limit"], case.requests.to_string());
            borne += 1;
        };
        limited(refusal, case.requests).await;
        assert!(borne + 2 >= case.requests, "{} {}: {borne}", case.method, case.path);
    }
}
