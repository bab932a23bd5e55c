//! Receiving the body of an HTTP request: the checks of its media type and size, and its time limit.

use std::error::Error;
use std::future::{Future, ready};
use std::pin::pin;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures_util::future::{BoxFuture, Either};
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::http::media::{self, Unsupported};
use crate::http::timeout::{Deadline, Elapsed};
use crate::json::Count;
use crate::operation::{self, MediaKind};
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;

/// The body of an HTTP request, after its media type and its declared size were checked.
#[derive(Debug)]
pub(crate) enum Payload {
    /// The request has no body, or the operation declares none.
    Absent,
    /// The complete request body, in memory. It has no bytes only if its media type has such a value.
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
/// A request has a body if its framing announces one: by `Content-Length`, which can be 0, by `Transfer-Encoding`
/// (RFC 9112 § 6), or in HTTP/2 by frames that follow the header fields (RFC 9113 § 8.1). `Content-Type` announces
/// one too, since HTTP/2 sends a body without bytes as no frame. [`without_bytes`] decides on a body of zero bytes,
/// so that the framing makes no difference.
///
/// # Errors
///
/// Returns a problem with status 415 for an unsupported media type or an encoded body, 413 for a body that is
/// too large, 408 for a body that has not arrived at the deadline, and 400 for an incomplete body.
/// `default_limit` replaces the size limit of an operation that has the default one.
///
/// The future that reads the body is boxed: its states are compiled once, not once for each pipeline. A request
/// without a body needs no box.
pub(crate) fn receive_body(
    head: &RequestHead,
    body: Body,
    default_limit: usize,
    deadline: Deadline,
) -> impl Future<Output = Result<ReceivedBody, Problem>> + Send {
    let headers = &head.parts.headers;
    match head.call.operation.body.as_ref() {
        None => Either::Left(ready(Ok(ReceivedBody::ABSENT))),
        Some(expected) if body.is_end_stream() || content_length(headers) == Some(0) => {
            let is_framed =
                headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING);
            Either::Left(ready(without_bytes(headers, expected, is_framed)))
        }
        Some(expected) => {
            let reading: BoxFuture<'_, _> = Box::pin(receive(head, expected, body, default_limit, deadline));
            Either::Right(reading)
        }
    }
}

/// Decides on a request body of zero bytes: it is a value in those media types that have such a value, which are
/// text, bytes and forms. In all others, such as JSON, zero bytes are no body. `is_framed` is true if the framing of
/// the request announces the body.
///
/// # Errors
///
/// Returns a problem with status 415 if the operation requires a body and does not accept its media type.
fn without_bytes(headers: &HeaderMap, expected: &operation::Body, is_framed: bool) -> Result<ReceivedBody, Problem> {
    let is_value =
        |media: &operation::Media| matches!(media.kind, MediaKind::Text | MediaKind::Bytes | MediaKind::Form);
    let has_type = headers.contains_key(header::CONTENT_TYPE);
    if !has_type && !is_framed && !expected.required {
        return Ok(ReceivedBody::ABSENT);
    }
    let media = match has_type {
        true => match media_type(headers, expected) {
            Ok(media) => Some(media).filter(|media| is_value(&expected.media[*media])),
            Err(refusal) if expected.required => return Err(refusal),
            Err(_) => None,
        },
        // Without a media type, the first one of the operation is meant. A range names no type.
        false => expected.media.first().filter(|media| is_value(media) && !media.essence.contains('*')).map(|_| 0),
    };
    Ok(media.map_or(ReceivedBody::ABSENT, |media| ReceivedBody { media, payload: Payload::Bytes(Bytes::new()) }))
}

async fn receive(
    head: &RequestHead,
    expected: &operation::Body,
    mut body: Body,
    default_limit: usize,
    deadline: Deadline,
) -> Result<ReceivedBody, Problem> {
    let headers = &head.parts.headers;
    let media = match media_type(headers, expected) {
        Ok(media) => media,
        // Without bytes, neither a missing media type is a fault nor an unsupported one of an optional body.
        Err(refusal) => {
            let can_be_empty =
                content_length(headers).is_none() && !(expected.required && headers.contains_key(header::CONTENT_TYPE));
            let is_empty = can_be_empty && within(deadline, is_empty(&mut body)).await?;
            return if is_empty { without_bytes(headers, expected, true) } else { Err(refusal) };
        }
    };
    let size = if expected.limit == operation::Body::DEFAULT_LIMIT { default_limit } else { expected.limit };
    if content_length(headers).is_some_and(|length| length > size as u64) {
        return Err(too_large(size));
    }
    // The idempotency key covers a hash of the body, so the bytes are needed before the handler is called.
    let streamed = matches!(expected.media[media].kind, MediaKind::Multipart | MediaKind::Stream);
    if streamed && head.call.operation.idempotency.is_none() {
        let payload = Payload::Stream(Body::new(Limited::new(body, size)));
        return Ok(ReceivedBody { media, payload });
    }
    let bytes = within(deadline, collect(body, size)).await??;
    if bytes.is_empty() {
        return without_bytes(headers, expected, true);
    }
    Ok(ReceivedBody { media, payload: Payload::Bytes(bytes) })
}

/// Waits for a part of a request body to arrive.
///
/// # Errors
///
/// Returns a problem with status 408 after the deadline.
async fn within<T>(deadline: Deadline, reading: impl Future<Output = T>) -> Result<T, Problem> {
    deadline
        .limit(pin!(reading))
        .await
        .map_err(|Elapsed| Problem::new(StatusCode::REQUEST_TIMEOUT, "the request body took too long to arrive"))
}

/// Returns true if a request body ends before its first byte. A body that fails counts as one with bytes.
async fn is_empty(body: &mut Body) -> bool {
    while let Some(frame) = body.frame().await {
        if !frame.is_ok_and(|frame| frame.data_ref().is_none_or(Bytes::is_empty)) {
            return false;
        }
    }
    true
}

impl ReceivedBody {
    /// The body of a request that has none.
    pub(crate) const ABSENT: ReceivedBody = ReceivedBody { media: 0, payload: Payload::Absent };
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
/// Returns a problem with status 415 if the media type is unsupported, missing or repeated, if the charset is not
/// UTF-8, or if the body is compressed.
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
    let text = value.to_str().ok().filter(|_| second.is_none()).ok_or(Unsupported::Media);
    text.and_then(|text| media::declared_index(text, expected.media)).map_err(|reason| {
        refusal(match reason {
            Unsupported::Charset(message) => format!("the request body {message}"),
            Unsupported::Media => {
                format!("the media type of the request body is not supported; this operation accepts {}", accepted())
            }
        })
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
