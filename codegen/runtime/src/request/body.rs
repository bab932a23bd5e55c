//! Receiving the body of an HTTP request: the checks of its media type and size, and its time limit.

use std::error::Error;
use std::future::{Future, ready};
use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures_util::future::{BoxFuture, Either};
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::http::media;
use crate::http::timeout::{self, Elapsed};
use crate::json::Count;
use crate::operation::{self, MediaKind};
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;

/// The body of an HTTP request, after its media type and its declared size were checked.
#[derive(Debug)]
pub(crate) enum Payload {
    /// The request has no body, or the operation declares none.
    Absent,
    /// The complete request body, in memory.
    Bytes(Bytes),
    /// A request body that the handler reads while it arrives. Reading fails if it exceeds the operation's size limit.
    Stream(Body),
}

/// A received request body, with the index of its media type in [`operation::Body::media`].
#[derive(Debug)]
pub(crate) struct ReceivedBody {
    pub(crate) media: usize,
    pub(crate) payload: Payload,
}

/// Receives the body of a request, or rejects a body that the operation does not accept.
///
/// # Errors
///
/// Returns a problem with status 415 for an unsupported media type or an encoded body, 413 for a body that is
/// too large, 408 for a body that takes longer than `limit` to arrive, and 400 for an incomplete body.
///
/// The future that reads the body is boxed: its states are compiled once, not once for each pipeline. A request
/// without a body needs no box.
pub(crate) fn receive_body(
    head: &RequestHead,
    body: Body,
    limit: Duration,
) -> impl Future<Output = Result<ReceivedBody, Problem>> + Send {
    let has_body = !body.is_end_stream() && content_length(&head.parts.headers) != Some(0);
    match head.call.operation.body.as_ref().filter(|_| has_body) {
        None => Either::Left(ready(Ok(ReceivedBody { media: 0, payload: Payload::Absent }))),
        Some(expected) => {
            let reading: BoxFuture<'_, _> = Box::pin(receive(head, expected, body, limit));
            Either::Right(reading)
        }
    }
}

async fn receive(
    head: &RequestHead,
    expected: &operation::Body,
    body: Body,
    limit: Duration,
) -> Result<ReceivedBody, Problem> {
    let headers = &head.parts.headers;
    let media = media_type(headers, expected)?;
    if content_length(headers).is_some_and(|length| length > expected.limit as u64) {
        return Err(too_large(expected.limit));
    }
    // The idempotency key covers a hash of the body, so the bytes are needed before the handler is called.
    let streamed = matches!(expected.media[media].kind, MediaKind::Multipart | MediaKind::Stream);
    if streamed && head.call.operation.idempotency.is_none() {
        let payload = Payload::Stream(Body::new(Limited::new(body, expected.limit)));
        return Ok(ReceivedBody { media, payload });
    }
    match timeout::within(limit, pin!(collect(body, expected.limit))).await {
        Ok(Ok(bytes)) => {
            let payload = if bytes.is_empty() { Payload::Absent } else { Payload::Bytes(bytes) };
            Ok(ReceivedBody { media, payload })
        }
        Ok(Err(problem)) => Err(problem),
        Err(Elapsed) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the request body took too long to arrive")),
    }
}

/// Reads a request body into memory, up to `limit` bytes. A body that arrives in one chunk is not copied.
async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(error) if is_length_limit(&error) => return Err(too_large(limit)),
            Err(error) => {
                let mut problem = Problem::new(StatusCode::BAD_REQUEST, "the request body is incomplete");
                problem.cause = Some(error.into());
                return Err(problem);
            }
        };
        if data.len() > limit - first.len() - rest.len() {
            return Err(too_large(limit));
        }
        if first.is_empty() && rest.is_empty() {
            first = data;
        } else {
            // From the second chunk on, the vector holds all bytes of the body.
            rest.extend_from_slice(&std::mem::take(&mut first));
            rest.extend_from_slice(&data);
        }
        if body.is_end_stream() {
            break;
        }
    }
    Ok(if rest.is_empty() { first } else { rest.into() })
}

/// Returns the index of the request body's media type among those that the operation accepts.
///
/// Returns a problem with status 415 if the media type is unsupported, missing or repeated, or if the body is
/// compressed.
fn media_type(headers: &HeaderMap, expected: &operation::Body) -> Result<usize, Problem> {
    let accepted = || expected.media.iter().map(|media| media.essence).collect::<Vec<_>>().join(", ");
    // A 415 response lists the supported media types (RFC 9110 § 15.5.16).
    let refusal = |message: String| {
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).with_header(header::ACCEPT, accepted())
    };
    let encoded = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoded {
        let message = "the content encoding of the request body is not supported".to_owned();
        return Err(refusal(message).with_header(header::ACCEPT_ENCODING, "identity"));
    }
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else {
        return Err(refusal(format!("the Content-Type header is missing; this operation accepts {}", accepted())));
    };
    let found =
        value.to_str().ok().filter(|_| second.is_none()).and_then(|value| media::declared_index(value, expected.media));
    found.ok_or_else(|| {
        refusal(format!("the media type of the request body is not supported; this operation accepts {}", accepted()))
    })
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the request body is larger than the limit of {}", Count(limit, "byte")),
    )
}

/// Returns true if reading a request body failed because it exceeds a size limit: that of the operation, or that of a
/// layer outside of the pipeline.
pub(crate) fn is_length_limit(error: &(dyn Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(cause) = error {
        if cause.is::<LengthLimitError>() {
            return true;
        }
        error = cause.source();
    }
    false
}
