//! The verdict over an attempt: if it counts as a failure of the service, and if it can be repeated.

use std::time::Duration;

use axum::body::Body;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Response, StatusCode, header};

use super::error::{CallError, CallErrorKind};

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
            Ok(response) if response.status().is_server_error() => Verdict::Failure(retry_after(response.headers())),
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
                let named = retry_after(response.headers()).map(Repeat::After);
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

/// Returns the time of `Retry-After` (RFC 9110 § 10.2.3), which is a number of seconds or a date. A longer time than a
/// minute counts as a minute.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let time = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = DateTime::parse_from_rfc2822(text).ok()?;
            (date.to_utc() - Utc::now()).to_std().unwrap_or_default()
        }
    };
    Some(time.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn named(value: &str) -> Option<Duration> {
        let headers = [(header::RETRY_AFTER, HeaderValue::from_str(value).unwrap())];
        retry_after(&headers.into_iter().collect())
    }

    #[test]
    fn the_time_until_a_retry_is_a_number_of_seconds_or_a_date() {
        assert_eq!(named("7"), Some(Duration::from_secs(7)));
        assert_eq!(named("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let soon = (Utc::now() + chrono::TimeDelta::seconds(30)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert!(named(&soon).is_some_and(|time| (28..=30).contains(&time.as_secs())), "{soon}");
        assert_eq!(named("86400"), Some(LONGEST_WAIT));
        assert!(["soon", "-1", ""].into_iter().all(|text| named(text).is_none()));
    }

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
