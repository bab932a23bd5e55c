//! One attempt of a call: a request and its complete response.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;
use tracing::Instrument as _;
use writ_runtime::client::{Transport, TransportError};

use super::call::{Call, Class};
use super::error::{CallError, CallErrorKind};
use super::transport::Calls;
use super::verdict::{Outcome, Verdict};
use crate::telemetry;

impl<T: Transport> Calls<T> {
    /// Sends one request of a call, once the circuit breaker and the concurrency limit permit it. `number` counts the
    /// requests of the call from 1.
    pub(super) async fn attempt(&self, call: &Call, number: u32) -> Outcome {
        let breaker = self.breaker(Class::of(call.operation));
        let open = |time| CallError::after(self.service, CallErrorKind::BreakerOpen, time);
        // A caller does not wait for a place that it could not use.
        breaker.check().map_err(open)?;
        let _place = self.limit.enter(call.deadline).await.map_err(|kind| CallError::new(self.service, kind))?;
        let permit = breaker.enter(call.policy.timeout).map_err(open)?;

        let span = telemetry::ClientSpan::call(call.operation, self.service, call.method(), number);
        let mut request = call.request();
        span.propagate(request.headers_mut());
        let running = self.metrics.begin_call(self.service, self.server.as_ref(), call.operation, call.method());
        let exchange = self.exchange(request, call.limit).instrument(span.span().clone());
        let outcome = timeout(call.deadline.remaining(), exchange)
            .await
            .unwrap_or_else(|_| Err(CallError::new(self.service, CallErrorKind::TimedOut)));
        let elapsed = permit.elapsed();
        permit.end(Verdict::of(&outcome, elapsed, call.policy.timeout));
        let (status, error) = match &outcome {
            Ok(response) => (Some(response.status()), None),
            Err(error) => (None, Some(error.kind().label())),
        };
        span.end(status, error);
        running.end(status, error);
        outcome
    }

    /// Sends a request and reads its response.
    async fn exchange(&self, request: Request<Body>, limit: usize) -> Outcome {
        let sent = self.transport.send(request).await;
        let response = sent.map_err(|cause| CallError::because(self.service, CallErrorKind::Unreachable, cause))?;
        if !is_read_at_once(&response) {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        match complete(body, limit).await {
            Ok(bytes) => Ok(Response::from_parts(head, Body::from(bytes))),
            Err(cause) if cause.is::<LengthLimitError>() => {
                Err(CallError::permanent(self.service, CallErrorKind::TooLarge, cause))
            }
            Err(cause) => Err(CallError::because(self.service, CallErrorKind::Unreachable, cause)),
        }
    }
}

/// Reads a complete body.
async fn complete(body: Body, limit: usize) -> Result<Bytes, TransportError> {
    Ok(Limited::new(body, limit).collect().await?.to_bytes())
}

/// Returns true if the body of a response belongs to the attempt: that of an error, and JSON. So it can be repeated if the
/// connection is lost within it, and a service that stops within it counts as one that does not respond. Other bodies can
/// be streams without an end, or downloads of any size.
fn is_read_at_once(response: &Response<Body>) -> bool {
    response.status().is_client_error() || response.status().is_server_error() || is_json(response.headers())
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn json_is_recognised_by_its_media_type() {
        let is = |value: &'static str| {
            is_json(&[(header::CONTENT_TYPE, HeaderValue::from_static(value))].into_iter().collect())
        };
        for json in ["application/json", "Application/JSON; charset=utf-8", "application/problem+json"] {
            assert!(is(json), "{json}");
        }
        for other in ["application/jsonl", "application/json-seq", "text/event-stream", "application/octet-stream", ""]
        {
            assert!(!is(other), "{other}");
        }
    }
}
