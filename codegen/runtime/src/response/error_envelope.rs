//! The error envelope of a contract: the JSON shape that the body of every refusal has.

use axum::body::Body;
use axum::response::Response;
use http::{Extensions, HeaderValue, StatusCode, header};

use crate::http::request_id::{RequestId, X_REQUEST_ID};
use crate::json::Writer;
use crate::response::cause::{chain, print_cause};
use crate::response::problem::Problem;
use crate::response::reply::{Reply, ReplyBody};

/// The error envelope of a contract: the JSON shape and the media type in which every refusal is sent.
///
/// Generated code has one `static` of it for each contract.
///
/// # Examples
///
/// A middleware outside of the pipeline refuses a request in the shape of the contract:
///
/// ```
/// use axum::extract::Request;
/// use axum::middleware::Next;
/// use axum::response::Response;
/// use http::StatusCode;
/// use writ_runtime::{ErrorEnvelope, PROBLEM_JSON, Problem, RequestId};
///
/// /// The envelope of the contract: `ERROR_ENVELOPE` of the generated module.
/// static ERROR_ENVELOPE: &ErrorEnvelope = &PROBLEM_JSON;
///
/// async fn maintenance(request: Request, next: Next) -> Response {
///     if request.method().is_safe() {
///         return next.run(request).await;
///     }
///     let (parts, _) = request.into_parts();
///     let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service is read-only for maintenance");
///     ERROR_ENVELOPE.refuse(problem, &RequestId::of(&parts))
/// }
///
/// let router: axum::Router = axum::Router::new().layer(axum::middleware::from_fn(maintenance));
/// ```
#[derive(Debug)]
pub struct ErrorEnvelope {
    /// The function that writes a refusal as the JSON of the error envelope. Its second argument is the request id.
    pub write: fn(&Problem, &str, &mut Writer),
    /// The media type of a refusal in this error envelope, sent as `Content-Type`.
    pub media_type: &'static str,
}

/// The error envelope with RFC 9457 problem details, for contracts that declare no error schema.
pub static PROBLEM_JSON: ErrorEnvelope =
    ErrorEnvelope { write: problem_details, media_type: "application/problem+json" };

impl ErrorEnvelope {
    /// Converts a problem into a response in this error envelope, and logs the internal cause of the problem.
    ///
    /// Layers outside of the pipeline use it, so that a caller receives all errors in one shape.
    pub fn refuse(&self, problem: Problem, request_id: &RequestId) -> Response {
        log_problem(&problem, request_id, "");
        self.response(Reply::from(problem), request_id, Extensions::new())
    }

    /// Converts the reply of an operation into an HTTP response with the header `X-Request-Id`. A refusal is written in
    /// this error envelope.
    ///
    /// The `Extensions` of the request are cleared and reused, so that those of the response need no allocation.
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
                Body::from(writer.finish().unwrap_or_else(|error| {
                    tracing::error!(requestId = %request_id, cause = %error, "an error response cannot be written");
                    Vec::new()
                }))
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

/// Logs a server error or a problem with an internal cause. The response never contains the cause.
pub(crate) fn log_problem(problem: &Problem, request_id: &RequestId, operation: &str) {
    let status = problem.status.as_u16();
    let cause = problem.cause.as_deref().map(chain).unwrap_or_default();
    if problem.status == StatusCode::NOT_IMPLEMENTED {
        // Missing implementations are logged at the start of the service and are not failures.
        tracing::warn!(requestId = %request_id, operation, status, message = %problem.message);
    } else if problem.status.is_server_error() {
        tracing::error!(requestId = %request_id, operation, status, cause, message = %problem.message);
        print_cause(&format_args!("{operation}: {status}"), &cause);
    } else if problem.cause.is_some() {
        tracing::warn!(requestId = %request_id, operation, status, cause, message = %problem.message);
    }
}

/// Writes a problem as RFC 9457 problem details. The code, the violations and the request id are extension
/// members (§ 3.2).
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
