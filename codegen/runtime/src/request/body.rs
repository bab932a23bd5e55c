//! Receiving the body of a request: media type, size and time limit.

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
use crate::operation::{self, MediaKind};
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;

/// A body that was let in.
#[derive(Debug)]
pub(crate) enum Payload {
    /// None was sent, or the operation takes none.
    Absent,
    /// All of it.
    Bytes(Bytes),
    #[cfg_attr(not(feature = "multipart"), allow(dead_code, reason = "read by the parts reader only"))]
    /// To be read by the handler; it ends with an error where it passes the operation's limit.
    Stream(Body),
}

/// The body of a request, and the media type that it has: the index of it in
/// [`operation::Body::media`].
#[derive(Debug)]
pub(crate) struct ReceivedBody {
    pub(crate) media: usize,
    pub(crate) payload: Payload,
}

/// Refuses a body that the operation does not take, and reads any other.
///
/// The refusal is 415 for another media type or an encoded body, 413 for a body that is too large,
/// 408 for one that takes longer than `limit`, 400 for one that breaks off.
///
/// Reading is boxed, so that its many states are compiled once and not for each pipeline. A request
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
    // A repeated request is known by its bytes, so that these are needed before the handler is called.
    if expected.media[media].kind == MediaKind::Multipart && head.call.operation.idempotency.is_none() {
        let payload = Payload::Stream(Body::new(Limited::new(body, expected.limit)));
        return Ok(ReceivedBody { media, payload });
    }
    match timeout::within(limit, pin!(collect(body, expected.limit))).await {
        Ok(Ok(bytes)) => {
            let payload = if bytes.is_empty() { Payload::Absent } else { Payload::Bytes(bytes) };
            Ok(ReceivedBody { media, payload })
        }
        Ok(Err(problem)) => Err(problem),
        Err(Elapsed) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive")),
    }
}

/// All bytes of a body. Most come in one piece, which is kept as it is.
async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut whole = Bytes::new();
    let mut more = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(error) if is_length_limit(&error) => return Err(too_large(limit)),
            Err(error) => {
                let mut problem = Problem::new(StatusCode::BAD_REQUEST, "the body could not be read to its end");
                problem.cause = Some(error.into());
                return Err(problem);
            }
        };
        if data.len() > limit - whole.len() - more.len() {
            return Err(too_large(limit));
        }
        if whole.is_empty() && more.is_empty() {
            whole = data;
        } else {
            // From the second piece on all of it is in one vector.
            more.extend_from_slice(&std::mem::take(&mut whole));
            more.extend_from_slice(&data);
        }
        if body.is_end_stream() {
            break;
        }
    }
    Ok(if more.is_empty() { whole } else { more.into() })
}

/// The index of the media type that the body has.
fn media_type(headers: &HeaderMap, expected: &operation::Body) -> Result<usize, Problem> {
    let refusal = |message: String| {
        let accepted: Vec<&str> = expected.media.iter().map(|media| media.essence).collect();
        let message = format!("{message}; it can be {}", accepted.join(", "));
        // RFC 9110 § 15.5.16: what would have been accepted.
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).with_header(header::ACCEPT, accepted.join(", "))
    };
    let encoded = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoded {
        return Err(
            refusal("an encoded body is not accepted".to_owned()).with_header(header::ACCEPT_ENCODING, "identity")
        );
    }
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else {
        return Err(refusal("a body needs a Content-Type".to_owned()));
    };
    let found =
        value.to_str().ok().filter(|_| second.is_none()).and_then(|value| media::declared_index(value, expected.media));
    found.ok_or_else(|| refusal("this Content-Type is not accepted".to_owned()))
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body may have {limit} bytes at most"))
}

/// Whether a limit ended the body, this one or one of a layer outside.
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
