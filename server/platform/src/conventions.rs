//! The conventions of a contract for routes outside of it, such as documentation and unknown paths.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use http::header;
use writ_runtime::{ErrorEnvelope, Problem, RequestId, X_REQUEST_ID};

/// Returns the router with the conventions of a contract: its responses have the header `X-Request-Id`, and client
/// errors have the error envelope of the contract.
pub fn apply(router: Router, envelope: &'static ErrorEnvelope) -> Router {
    router.layer(middleware::from_fn_with_state(envelope, convert))
}

async fn convert(State(envelope): State<&'static ErrorEnvelope>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = RequestId::of(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_client_error() {
        response = refuse(response, envelope, &request_id);
    }
    response.headers_mut().insert(X_REQUEST_ID, request_id.header());
    response.extensions_mut().insert(request_id);
    response
}

/// Converts the refusal of a route that knows no contract into one in the error envelope.
pub(crate) fn refuse(mut response: Response, envelope: &ErrorEnvelope, request_id: &RequestId) -> Response {
    let problem = Problem::new(response.status(), "this page does not exist or does not support the method");
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut refusal = envelope.refuse(problem, request_id);
    allow.map(|methods| refusal.headers_mut().insert(header::ALLOW, methods));
    refusal
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    use writ_runtime::PROBLEM_JSON;

    use super::*;

    #[tokio::test]
    async fn a_client_error_has_the_error_envelope_and_every_response_its_request_id() {
        let app = apply(Router::new().route("/page", get(async || "text")), &PROBLEM_JSON);
        for (method, status) in [("GET", 200), ("DELETE", 405)] {
            let request = http::Request::builder().method(method).uri("/page").body(Body::empty()).unwrap();
            let (head, body) = app.clone().oneshot(request).await.unwrap().into_parts();
            assert_eq!(head.status.as_u16(), status);
            assert!(head.headers.contains_key("x-request-id"));
            assert_eq!(head.headers.contains_key("allow"), status == 405);
            let body = body.collect().await.unwrap().to_bytes();
            assert_eq!(body.starts_with(b"{"), status == 405, "{body:?}");
        }
    }
}
