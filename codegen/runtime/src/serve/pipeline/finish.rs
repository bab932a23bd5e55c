//! The pipeline stage `finish`: it turns the reply of an operation into the HTTP response.

use axum::body::{Body, HttpBody};
use axum::response::Response;
use http::{Extensions, HeaderValue, Method, StatusCode, header};

use crate::request::request_head::RequestHead;
use crate::response::error_envelope::{ErrorEnvelope, log_problem};
use crate::response::reply::{Reply, ReplyBody};
use crate::serve::conditional;

/// Returns the HTTP response of a reply. It reuses the extensions of the request.
pub(super) fn finish(
    envelope: &ErrorEnvelope,
    head: &RequestHead,
    extensions: Extensions,
    mut reply: Reply,
) -> Response {
    let operation = head.call.operation;
    if let ReplyBody::Problem(problem) = &reply.body {
        log_problem(problem, &head.call.request_id, operation.id);
    }
    conditional::mark_tag(operation.version, &mut reply);
    conditional::apply(head, &mut reply);
    if operation.secret && reply.status.is_success() {
        reply.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if operation.produces.len() > 1 || operation.produces.iter().any(|media| media.contains('*')) {
        reply.headers.append(header::VARY, HeaderValue::from_static("accept"));
    }
    let mut response = envelope.reply(operation, reply, &head.call.request_id, extensions);
    if head.parts.method == Method::HEAD {
        strip_body(&mut response);
    }
    response.extensions_mut().insert(operation);
    response
}

/// Removes the body from the response to a HEAD request. All headers of the GET response remain, including
/// the length (RFC 9110 § 9.3.2).
fn strip_body(response: &mut Response) {
    let length = response.body().size_hint().exact();
    if let Some(length) = length.filter(|_| response.status() != StatusCode::NOT_MODIFIED) {
        response.headers_mut().entry(header::CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
}
