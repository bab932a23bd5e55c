
use std::fmt::Write;

use contract::operations::ALL;
use tower::ServiceExt;
use writ_runtime::exports::axum::body::Body;
use writ_runtime::exports::http::Request;
use writ_runtime::{NoAuthentication, OpenGate, Operation, Router};

/// A service that implements no method of any generated trait. Operations that reach it respond with 501.
struct Nothing;

/// Returns the path of a request to an operation, with `7` as the value of each path parameter.
fn path(operation: &Operation) -> String {
    let mut path = String::new();
    let mut inside = false;
    for byte in operation.path.bytes() {
        match byte {
            b'{' => inside = true,
            b'}' => {
                inside = false;
                path.push('7');
            }
            _ if inside => {}
            b' '..=b'~' if !b" \"#<>?\\^`|".contains(&byte) => path.push(char::from(byte)),
            other => {
                let _ = write!(path, "%{other:02X}");
            }
        }
    }
    if !operation.query.is_empty() {
        path.push('?');
        path.push_str(operation.query);
    }
    path
}

/// Sends a request to the path of `operation`, and returns the operation whose route received the request.
async fn handling(router: &Router, operation: &Operation) -> Option<&'static Operation> {
    let request = Request::builder().method(operation.method.clone()).uri(path(operation)).body(Body::empty()).ok()?;
    let response = router.clone().oneshot(request).await.ok()?;
    response.extensions().get::<&'static Operation>().copied()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let router = router();
    let mut routed = 0;
    for operation in ALL {
        match handling(&router, operation).await {
            Some(other) if std::ptr::eq(other, *operation) => routed += 1,
            Some(other) => eprintln!("{}: `{}` handles the request to `{}`", operation.path, other.id, operation.id),
            None => eprintln!("{}: no operation handles the request to `{}`", operation.path, operation.id),
        }
    }
    println!("{routed}");
}
