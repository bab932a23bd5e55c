//! A program that refuses requests for every operation of published contracts with every status, and prints the
//! responses. It contains only the operation tables and the error bodies that are generated for them.

#![allow(dead_code, unused_imports, reason = "most of the generated items have no use here")]

use tower::ServiceExt;
use writ_runtime::exports::axum;
use writ_runtime::exports::axum::body::Body;
use writ_runtime::exports::http::{HeaderMap, Request, StatusCode};
use writ_runtime::exports::serde_json;
use writ_runtime::{
    Admission, Entry, ErrorEnvelope, Gate, InputLocation, NoAuthentication, Operation, Pipeline, Problem, Reply, Timeouts,
    Violation, fallback, router,
};

/// The status codes with which the server refuses requests by itself.
const STATUSES: [u16; 15] = [400, 401, 403, 404, 405, 406, 408, 413, 415, 422, 429, 500, 501, 503, 504];

/// The gate that refuses every request as its headers demand.
struct Refusing;

impl<P: Sync> Gate<P> for Refusing {
    type Pass = ();

    async fn enter(&self, entry: &Entry<'_, P>) -> Result<Admission<()>, Problem> {
        let number = |name: &str| header(entry.headers, name).parse::<u16>().unwrap_or_default();
        let status = StatusCode::from_u16(number("x-refuse")).expect("a status");
        let mut problem = Problem::new(status, "a message that is as long as the messages of problems usually are");
        let locations = [InputLocation::Body, InputLocation::Query, InputLocation::Path];
        for location in locations.into_iter().take(number("x-violations").into()) {
            let field = if location == InputLocation::Path { "" } else { "items[0].name" };
            problem = problem.with_violation(Violation { location, field: field.to_owned(), message: "is not valid".into() });
        }
        Err(problem)
    }

    async fn leave(&self, (): (), _: &Entry<'_, P>, _: &mut Reply) {}
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Sends a request and prints the response as a line of JSON.
async fn print(service: axum::Router, contract: &str, operation: Option<&Operation>, status: u16, violations: u16) {
    let request = Request::builder()
        .method(operation.map_or("GET", |operation| operation.method.as_str()))
        .uri(operation.map_or("/nowhere".to_owned(), |operation| concrete(operation.path)))
        .header("x-refuse", status)
        .header("x-violations", violations)
        .body(Body::empty())
        .expect("a request");
    let Ok(response) = service.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let line = serde_json::json!({
        "contract": contract,
        "method": operation.map(|operation| operation.method.as_str()),
        "path": operation.map(|operation| operation.path),
        "query": operation.map(|operation| operation.query),
        "status": parts.status.as_u16(),
        "media": header(&parts.headers, "content-type"),
        "body": String::from_utf8_lossy(&body),
    });
    println!("{line}");
}

/// Returns a path in which every parameter has a value.
fn concrete(template: &str) -> String {
    let mut pieces = template.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |path, piece| path + "1" + piece.split_once('}').map_or("", |(_, rest)| rest))
}

async fn refuse(contract: &str, envelope: &'static ErrorEnvelope, operations: &[&'static Operation]) {
    for operation in operations {
        // Only the gate refuses requests, so the table entry needs neither security nor a body.
        let served = Box::leak(Box::new(Operation {
            id: operation.id,
            method: operation.method,
            path: operation.path,
            errors: operation.errors,
            statuses: operation.statuses,
            ..Operation::NONE
        }));
        let pipeline = Pipeline::new(envelope, NoAuthentication, Refusing, Timeouts::default());
        let service = router(envelope, vec![pipeline.unwritten(served)]);
        for status in STATUSES {
            print(service.clone(), contract, Some(operation), status, 0).await;
            print(service.clone(), contract, Some(operation), status, 3).await;
        }
    }
    print(axum::Router::new().fallback(fallback(envelope)), contract, None, 404, 0).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    refuse_all().await;
}
