//! The error envelope of a contract: the JSON shape that the body of every refusal has.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::Body;
use axum::response::Response;
use http::{Extensions, HeaderValue, StatusCode, header};

use crate::http::request_id::{RequestId, X_REQUEST_ID};
use crate::json::Writer;
use crate::operation::{ErrorBody, ErrorContent, Operation};
use crate::response::cause::{chain, print_cause};
use crate::response::error_body::{self, PROBLEM_DETAILS};
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
#[derive(Debug, Clone, Copy)]
pub struct ErrorEnvelope {
    body: &'static ErrorBody,
    convert: Convert,
}

/// The function that writes a problem by a conversion of the implementer. The number identifies the conversion, see
/// [`ErrorContent::Converted`], and the text is the id of the request.
pub type Convert = fn(usize, &Problem, &str, &mut Writer);

/// The error envelope with RFC 9457 problem details, for contracts that declare no error schema.
pub static PROBLEM_JSON: ErrorEnvelope = ErrorEnvelope::new(&PROBLEM_DETAILS);

impl ErrorEnvelope {
    /// Creates the error envelope of a contract from the body of the error responses for which an operation declares no
    /// other body.
    pub const fn new(body: &'static ErrorBody) -> ErrorEnvelope {
        ErrorEnvelope { body, convert: problem_details }
    }

    /// Creates an error envelope with the conversions of the implementer for error schemas that no problem can fill.
    pub const fn converted_by(self, convert: Convert) -> ErrorEnvelope {
        ErrorEnvelope { convert, ..self }
    }

    /// Returns the body of an operation's error responses with this status code.
    pub fn body(&self, operation: &Operation, status: u16) -> &'static ErrorBody {
        operation.error_body(status).unwrap_or(self.body)
    }

    /// Converts a problem into a response in this error envelope, and logs the internal cause of the problem.
    ///
    /// Layers outside of the pipeline use it, so that a caller receives all errors in one shape.
    pub fn refuse(&self, problem: Problem, request_id: &RequestId) -> Response {
        log_problem(&problem, request_id, "");
        self.response(self.body, Reply::from(problem), request_id, Extensions::new())
    }

    /// Converts the reply of an operation into an HTTP response with the header `X-Request-Id`. A refusal is written in
    /// the body that the operation declares for its status code, and otherwise in this error envelope.
    pub(crate) fn reply(
        &self,
        operation: &Operation,
        reply: Reply,
        request_id: &RequestId,
        extensions: Extensions,
    ) -> Response {
        let body = self.body(operation, reply.status.as_u16());
        self.response(body, reply, request_id, extensions)
    }

    /// Returns the response to a request without a refusal, such as the response to OPTIONS.
    pub(crate) fn accepted(&self, reply: Reply, request_id: &RequestId) -> Response {
        self.response(self.body, reply, request_id, Extensions::new())
    }

    /// Converts a reply into an HTTP response. A refusal is written as `body`.
    ///
    /// The `Extensions` of the request are cleared and reused, so that those of the response need no allocation.
    fn response(
        &self,
        error_body: &ErrorBody,
        reply: Reply,
        request_id: &RequestId,
        mut extensions: Extensions,
    ) -> Response {
        let Reply { status, mut headers, body } = reply;
        let body = match body {
            ReplyBody::Empty => Body::empty(),
            ReplyBody::Bytes(bytes) => Body::from(bytes),
            ReplyBody::Stream(stream) => stream,
            ReplyBody::Problem(problem) => {
                let (media_type, bytes) = self.encode(error_body, &problem, request_id.as_str());
                if let Ok(media_type) = HeaderValue::from_str(media_type) {
                    headers.insert(header::CONTENT_TYPE, media_type);
                }
                Body::from(bytes)
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

    /// Encodes a problem as the body of an error response, and returns the media type and the bytes of this body.
    ///
    /// If the conversion of the service panics or returns a value that cannot be written, the body is problem details.
    fn encode(&self, body: &ErrorBody, problem: &Problem, request_id: &str) -> (&'static str, Vec<u8>) {
        let mut writer = Writer::new();
        let fault = match &body.content {
            ErrorContent::Text(template) => {
                return (body.media_type, error_body::as_text(template, problem, request_id).into_bytes());
            }
            ErrorContent::Json(template) => {
                error_body::as_json(template, problem, request_id, &mut writer);
                None
            }
            ErrorContent::Converted(schema) => {
                let convert = AssertUnwindSafe(|| (self.convert)(*schema, problem, request_id, &mut writer));
                catch_unwind(convert).err().map(|_| "the conversion of the service panicked".to_owned())
            }
        };
        let written = match fault {
            None => writer.finish().map_err(|error| error.to_string()),
            Some(fault) => Err(fault),
        };
        match written {
            Ok(bytes) => (body.media_type, bytes),
            Err(fault) => {
                tracing::error!(requestId = %request_id, cause = fault, "an error response cannot be written");
                let mut writer = Writer::new();
                problem_details(0, problem, request_id, &mut writer);
                (PROBLEM_DETAILS.media_type, writer.finish().unwrap_or_default())
            }
        }
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

/// Writes a problem as RFC 9457 problem details, for an envelope without conversions.
fn problem_details(_: usize, problem: &Problem, request_id: &str, writer: &mut Writer) {
    if let ErrorContent::Json(template) = &PROBLEM_DETAILS.content {
        error_body::as_json(template, problem, request_id, writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static BODY: ErrorBody = ErrorBody { media_type: "application/json", content: ErrorContent::Converted(0) };

    fn encoded(convert: Convert) -> (&'static str, String) {
        let envelope = ErrorEnvelope::new(&BODY).converted_by(convert);
        let (media_type, bytes) = envelope.encode(&BODY, &Problem::new(StatusCode::NOT_FOUND, "no such user"), "1");
        (media_type, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_conversion_writes_the_body() {
        let (media_type, body) = encoded(|_, problem, _, writer| writer.string(&problem.message));
        assert_eq!((media_type, body.as_str()), ("application/json", "\"no such user\""));
    }

    #[test]
    fn a_conversion_that_fails_leaves_problem_details() {
        let panics: Convert = |_, _, _, _| panic!("not written yet");
        let unwritable: Convert = |_, _, _, writer| writer.float(f64::NAN);
        for convert in [panics, unwritable] {
            let (media_type, body) = encoded(convert);
            assert_eq!(media_type, "application/problem+json");
            assert!(body.contains(r#""detail":"no such user""#), "{body}");
        }
    }
}
