//! The error envelope of a contract: every refusal leaves in it.

use axum::body::Body;
use axum::response::Response;
use http::{Extensions, HeaderValue, StatusCode, header};

use crate::http::request_id::{RequestId, X_REQUEST_ID};
use crate::json::Writer;
use crate::response::problem::Problem;
use crate::response::reply::{Reply, ReplyBody};

/// The error envelope of a contract. Generated code holds one `static` of it.
#[derive(Debug)]
pub struct ErrorEnvelope {
    /// Writes the body of a refusal; the second argument is the request's id.
    pub write: fn(&Problem, &str, &mut Writer),
    /// The media type of the body that `write` writes.
    pub media_type: &'static str,
}

/// The envelope of RFC 9457 problem details, for contracts that have no envelope of their own.
pub static PROBLEM_JSON: ErrorEnvelope =
    ErrorEnvelope { write: problem_details, media_type: "application/problem+json" };

impl ErrorEnvelope {
    /// Answers a refusal in the envelope, and logs what the caller is not told. Layers outside of
    /// the pipeline use it, so that a caller meets one shape only.
    pub fn refuse(&self, problem: Problem, request_id: &RequestId) -> Response {
        log_problem(&problem, request_id, "");
        self.response(Reply::from(problem), request_id, Extensions::new())
    }

    /// Turns an answer into a response: envelope, `Content-Type`, `X-Request-Id`. The request's
    /// extensions are emptied and serve again, so that no new table is made for the response's.
    pub(crate) fn response(&self, reply: Reply, request_id: &RequestId, mut extensions: Extensions) -> Response {
        let Reply { status, mut headers, body } = reply;
        let body = match body {
            ReplyBody::Empty => Body::empty(),
            ReplyBody::Bytes(bytes) => Body::from(bytes),
            ReplyBody::Stream(stream) => stream,
            ReplyBody::Problem(problem) => {
                let mut writer = Writer::new();
                (self.write)(&problem, request_id.as_str(), &mut writer);
                if let Ok(media) = HeaderValue::from_str(self.media_type) {
                    headers.insert(header::CONTENT_TYPE, media);
                }
                Body::from(writer.finish())
            }
        };
        headers.insert(X_REQUEST_ID, request_id.header());
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        extensions.clear();
        extensions.insert(request_id.clone());
        *response.extensions_mut() = extensions;
        response
    }
}

/// Tells the log what the answer does not: the causes of a 5xx.
pub(crate) fn log_problem(problem: &Problem, request_id: &RequestId, operation: &str) {
    let status = problem.status.as_u16();
    let cause = problem.cause.as_deref().map(chain).unwrap_or_default();
    if problem.status == StatusCode::NOT_IMPLEMENTED {
        // Known from the start, and nothing that broke.
        tracing::warn!(%request_id, operation, status, message = %problem.message);
    } else if problem.status.is_server_error() {
        tracing::error!(%request_id, operation, status, cause, message = %problem.message);
    } else if problem.cause.is_some() {
        tracing::warn!(%request_id, operation, status, cause, message = %problem.message);
    }
}

/// An error and what caused it, in one line.
fn chain(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}

/// RFC 9457 § 3, with the code, the violations and the request's id as extension members (§ 3.2).
fn problem_details(problem: &Problem, request_id: &str, writer: &mut Writer) {
    writer.begin_object();
    text(writer, "type", "about:blank");
    text(writer, "title", problem.status.canonical_reason().unwrap_or("Unknown"));
    writer.key("status");
    writer.uint(u64::from(problem.status.as_u16()));
    text(writer, "detail", &problem.message);
    text(writer, "code", &problem.code);
    if !problem.violations.is_empty() {
        writer.key("errors");
        writer.begin_array();
        for violation in &problem.violations {
            writer.begin_object();
            text(writer, "in", violation.location.as_str());
            text(writer, "field", &violation.field);
            text(writer, "message", &violation.message);
            writer.end_object();
        }
        writer.end_array();
    }
    text(writer, "requestId", request_id);
    writer.end_object();
}

fn text(writer: &mut Writer, key: &str, value: &str) {
    writer.key(key);
    writer.string(value);
}
