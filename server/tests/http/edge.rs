//! Tests of the violations that the request pipeline reports, for all operations on sessions and users.

use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::clients::own_path;
use crate::envelope::refused;
use crate::support::{Service, Session};

/// An operation with a body.
struct Case {
    method: Method,
    path: String,
    /// A body that can be parsed, and its invalid fields.
    wrong: (Value, &'static [&'static str]),
    /// True if the operation needs no credentials.
    public: bool,
    /// True if the operation requires `If-Match`.
    conditional: bool,
}

fn cases(user: &Value) -> Vec<Case> {
    let own = own_path(user);
    let case = |method: Method, path: &str, wrong| Case {
        public: path.contains("/auth/") || path == "/v1/users",
        conditional: path == own,
        path: path.to_owned(),
        method,
        wrong,
    };
    let login: (Value, &[&str]) = (json!({ "email": "nobody", "password": "" }), &["email", "password"]);
    let token: (Value, &[&str]) = (json!({ "refreshToken": 1, "more": 2 }), &["more", "refreshToken"]);
    let new: (Value, &[&str]) = (json!({ "email": 1, "name": " x" }), &["email", "name", "password"]);
    let replacement: (Value, &[&str]) = (json!({ "name": " x", "role": "root" }), &["name", "role", "email"]);
    let change: (Value, &[&str]) = (json!({ "id": 1, "name": null, "role": null }), &["id", "name", "role"]);
    let password: (Value, &[&str]) = (json!({ "current": "", "new": "short" }), &["current", "new"]);
    vec![
        case(Method::POST, "/v1/auth/login", login),
        case(Method::POST, "/v1/auth/refresh", token.clone()),
        case(Method::POST, "/v1/auth/logout", token),
        case(Method::POST, "/v1/users", new),
        case(Method::PUT, &own, replacement),
        case(Method::PATCH, &own, change),
        case(Method::POST, &format!("{own}/password"), password),
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
async fn all_violations_of_a_body_are_reported_together() {
    let (service, admin, cases) = start().await;
    for case in &cases {
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
    let response = service.call(&admin, Method::DELETE, "/v1/users/usr_1").header("if-match", "1").send();
    assert_eq!(refused(response.await.unwrap(), 400, "VALIDATION_ERROR").await.fields, ["userId", "If-Match"]);
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
