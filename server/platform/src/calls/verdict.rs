//! The verdict over an attempt: if it counts as a failure of the service, and if it can be repeated.

use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, Response, StatusCode};

use super::error::{CallError, CallErrorKind};
use crate::retry_after::retry_after;

/// The longest time of a `Retry-After` that is heeded.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The result of an attempt.
pub(super) type Outcome = Result<Response<Body>, CallError>;

/// The verdict over an attempt, for the circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The service has responded as it should. A 4xx is such a response.
    Success,
    /// The service has not responded, or with a 5xx. It may have named the time after which it works again.
    Failure(Option<Duration>),
    /// The attempt does not tell if the service works.
    Unknown,
}

impl Verdict {
    /// Returns the verdict over an attempt that took `elapsed` of the time that the policy of its operation gives.
    ///
    /// An attempt that ends early because the caller has no more time is no failure of the service.
    pub(super) fn of(outcome: &Outcome, elapsed: Duration, limit: Duration) -> Verdict {
        match outcome {
            Ok(response) if response.status().is_server_error() => Verdict::Failure(named_wait(response.headers())),
            Ok(_) => Verdict::Success,
            Err(error) => match error.kind() {
                CallErrorKind::TimedOut => Verdict::of_cancelled(elapsed, limit),
                CallErrorKind::Unreachable => Verdict::Failure(None),
                CallErrorKind::TooLarge => Verdict::Success,
                CallErrorKind::BreakerOpen
                | CallErrorKind::LimitReached
                | CallErrorKind::SwitchedOff
                | CallErrorKind::NoToken => Verdict::Unknown,
            },
        }
    }

    /// Returns the verdict over an attempt that has ended without a response: a failure if it has waited for at least half
    /// of its time.
    pub(super) fn of_cancelled(elapsed: Duration, limit: Duration) -> Verdict {
        if elapsed.saturating_mul(2) >= limit { Verdict::Failure(None) } else { Verdict::Unknown }
    }
}

/// The time that must pass before an attempt is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The attempt can be repeated after a backoff.
    Backoff,
    /// The attempt can be repeated after the time that the service has named.
    After(Duration),
}

impl Repeat {
    /// Returns the way in which an attempt is repeated. Returns `None` if it is not.
    ///
    /// A 500 is not repeated: it is the response of a handler that fails, which a gateway or an overloaded service does not
    /// send. An attempt that has timed out has used the time of its call.
    pub(super) fn of(outcome: &Outcome) -> Option<Repeat> {
        match outcome {
            Ok(response) => {
                let named = named_wait(response.headers()).map(Repeat::After);
                match response.status() {
                    StatusCode::TOO_MANY_REQUESTS => named,
                    StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                        Some(named.unwrap_or(Repeat::Backoff))
                    }
                    _ => None,
                }
            }
            Err(error) => (error.kind() == CallErrorKind::Unreachable).then_some(Repeat::Backoff),
        }
    }
}

/// Returns the time of `Retry-After`.
pub(super) fn named_wait(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers, LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header};

    use super::*;

    #[test]
    fn a_response_is_repeated_only_if_the_service_can_do_better_soon() {
        let repeat = |status: u16, after: Option<&'static str>| {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response.headers_mut().extend(after.map(|value| (header::RETRY_AFTER, HeaderValue::from_static(value))));
            Repeat::of(&Ok(response))
        };
        for status in [200, 304, 400, 404, 409, 429, 500, 501] {
            assert_eq!(repeat(status, None), None, "{status}");
        }
        for status in [502, 503, 504] {
            assert_eq!(repeat(status, None), Some(Repeat::Backoff), "{status}");
        }
        for status in [429, 503] {
            assert_eq!(repeat(status, Some("2")), Some(Repeat::After(Duration::from_secs(2))), "{status}");
        }
    }

    #[test]
    fn an_attempt_that_is_cut_short_tells_nothing_about_the_service() {
        let limit = Duration::from_secs(2);
        let timed_out = || Err(CallError::new("tickets", CallErrorKind::TimedOut));
        assert_eq!(Verdict::of(&timed_out(), Duration::from_millis(900), limit), Verdict::Unknown);
        assert_eq!(Verdict::of(&timed_out(), Duration::from_secs(1), limit), Verdict::Failure(None));
        let lost = Err(CallError::new("tickets", CallErrorKind::Unreachable));
        assert_eq!(Verdict::of(&lost, Duration::ZERO, limit), Verdict::Failure(None));
    }
}
