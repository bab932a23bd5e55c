//! The policy that an override sets for an operation, in the notation of the command: `rate=20/60s`, `cache=30s`,
//! `cache=off`, `timeout=2s`, `retry=3`, `retry=off` or `off`.

use std::fmt;
use std::time::Duration;

use crate::config::parse;

/// The largest number of requests of a rate limit that is set at run time.
const MAX_REQUESTS: u32 = 1_000_000;

/// The longest window of a rate limit, and the longest lifetime of a cached response, that is set at run time.
const MAX_PERIOD: Duration = Duration::from_secs(86_400);

/// The shortest window of a rate limit, and the shortest lifetime of a cached response, that is set at run time.
const MIN_PERIOD: Duration = Duration::from_secs(1);

/// The largest number of requests of a call that is set at run time.
const MAX_ATTEMPTS: u32 = 10;

/// The longest time limit of a call that is set at run time.
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(600);

/// The shortest time limit of a call that is set at run time.
const SHORTEST_CALL: Duration = Duration::from_millis(1);

/// The policy that an override sets for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// The rate limit, in place of the limits by caller and by address that the contract declares.
    Rate {
        /// The number of requests that the limit admits in a window.
        requests: u32,
        /// The length of the window.
        window: Duration,
    },
    /// The lifetime of cached responses. `None`: responses are not cached.
    Cache(Option<Duration>),
    /// The time limit of calls of the operation, which another service serves.
    Timeout(Duration),
    /// The largest number of requests of such a call. With 1 there are no retries.
    Retry(u32),
    /// The operation responds with 503.
    Off,
}

/// The kind of a [`Change`]. An operation has at most one override of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rate,
    Cache,
    Timeout,
    Retry,
    Off,
}

impl Kind {
    pub(crate) const ALL: [Kind; 5] = [Kind::Rate, Kind::Cache, Kind::Timeout, Kind::Retry, Kind::Off];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Rate => "rate",
            Kind::Cache => "cache",
            Kind::Timeout => "timeout",
            Kind::Retry => "retry",
            Kind::Off => "off",
        }
    }
}

impl Change {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Change::Rate { .. } => Kind::Rate,
            Change::Cache(_) => Kind::Cache,
            Change::Timeout(_) => Kind::Timeout,
            Change::Retry(_) => Kind::Retry,
            Change::Off => Kind::Off,
        }
    }

    /// Parses a policy in the notation of the command.
    ///
    /// # Errors
    /// Returns the requirement that the text breaks.
    pub(crate) fn parse(text: &str) -> Result<Change, String> {
        match text.split_once('=') {
            None if text == "off" => Ok(Change::Off),
            Some(("rate", rate)) => parse_rate(rate),
            Some(("cache", "off")) => Ok(Change::Cache(None)),
            Some(("cache", lifetime)) => Ok(Change::Cache(Some(period("the cache time", lifetime)?))),
            Some(("timeout", limit)) => Ok(Change::Timeout(time_limit(limit)?)),
            Some(("retry", "off")) => Ok(Change::Retry(1)),
            Some(("retry", attempts)) => parse_retry(attempts),
            _ => Err(format!(
                "`{text}` is not a policy; write rate=20/60s, cache=30s, cache=off, timeout=2s, retry=3, retry=off or off"
            )),
        }
    }
}

fn parse_rate(text: &str) -> Result<Change, String> {
    let wrong = || format!("`rate={text}` must have the form rate=REQUESTS/WINDOW, for example rate=20/60s");
    let (requests, window) = text.split_once('/').ok_or_else(wrong)?;
    let requests: u32 = requests.parse().map_err(|_| wrong())?;
    match requests {
        0 => Err("a rate limit admits at least 1 request; use `policy off` to admit none".to_owned()),
        1..=MAX_REQUESTS => Ok(Change::Rate { requests, window: period("the window", window)? }),
        _ => Err(format!("a rate limit admits at most {MAX_REQUESTS} requests in a window")),
    }
}

fn parse_retry(text: &str) -> Result<Change, String> {
    match text.parse() {
        Ok(attempts) if (1..=MAX_ATTEMPTS).contains(&attempts) => Ok(Change::Retry(attempts)),
        _ => Err(format!("`retry={text}` must be retry=off, or a number of requests from 1 to {MAX_ATTEMPTS}")),
    }
}

/// Parses the time limit of a call.
fn time_limit(text: &str) -> Result<Duration, String> {
    let limit = parse::duration(text).map_err(|fault| format!("the time limit `{text}` {fault}"))?;
    match (SHORTEST_CALL..=LONGEST_CALL).contains(&limit) {
        true => Ok(limit),
        false => Err(format!("the time limit must be from {} to {}", Span(SHORTEST_CALL), Span(LONGEST_CALL))),
    }
}

/// Parses a duration from a second to a day. `subject` begins the error message.
fn period(subject: &str, text: &str) -> Result<Duration, String> {
    let period = parse::duration(text).map_err(|fault| format!("{subject} `{text}` {fault}"))?;
    match (MIN_PERIOD..=MAX_PERIOD).contains(&period) {
        true => Ok(period),
        false => Err(format!("{subject} must be from {} to {}", Span(MIN_PERIOD), Span(MAX_PERIOD))),
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Rate { requests, window } => write!(f, "rate={requests}/{}", Span(*window)),
            Change::Cache(Some(lifetime)) => write!(f, "cache={}", Span(*lifetime)),
            Change::Cache(None) => f.write_str("cache=off"),
            Change::Timeout(limit) => write!(f, "timeout={}", Span(*limit)),
            Change::Retry(1) => f.write_str("retry=off"),
            Change::Retry(attempts) => write!(f, "retry={attempts}"),
            Change::Off => f.write_str("off"),
        }
    }
}

/// A duration as settings and commands write it, with the largest unit that needs no fraction.
pub(crate) struct Span(pub(crate) Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        let units = [(3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];
        let fits = |unit: &&(u128, &str)| milliseconds >= unit.0 && milliseconds.is_multiple_of(unit.0);
        let (length, unit) = units.iter().find(fits).unwrap_or(&(1, "ms"));
        write!(f, "{}{unit}", milliseconds / length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_written_as_it_is_parsed() {
        for text in ["rate=20/1m", "rate=1/90s", "rate=1000000/24h", "cache=30s", "cache=24h", "cache=off", "off"] {
            assert_eq!(Change::parse(text).unwrap().to_string(), text);
        }
        for text in ["timeout=1ms", "timeout=500ms", "timeout=10m", "retry=2", "retry=10", "retry=off"] {
            assert_eq!(Change::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Change::parse("retry=1").unwrap().to_string(), "retry=off");
        assert_eq!(Change::parse("rate=20/60s").unwrap().to_string(), "rate=20/1m");
    }

    #[test]
    fn a_policy_outside_of_its_bounds_is_refused_with_the_bounds() {
        for (text, message) in [
            ("rate=0/60s", "a rate limit admits at least 1 request; use `policy off` to admit none"),
            ("rate=1000001/60s", "a rate limit admits at most 1000000 requests in a window"),
            ("rate=20/500ms", "the window must be from 1s to 24h"),
            ("rate=20/2d", "the window must be from 1s to 24h"),
            ("rate=20", "`rate=20` must have the form rate=REQUESTS/WINDOW, for example rate=20/60s"),
            ("rate=-1/60s", "`rate=-1/60s` must have the form rate=REQUESTS/WINDOW, for example rate=20/60s"),
            ("rate=20/minute", "the window `minute` must be a duration such as 250ms, 30s, 15m, 24h or 14d"),
            ("cache=0s", "the cache time must be from 1s to 24h"),
            (
                "limit=3",
                "`limit=3` is not a policy; write rate=20/60s, cache=30s, cache=off, timeout=2s, retry=3, retry=off or off",
            ),
            ("", "`` is not a policy; write rate=20/60s, cache=30s, cache=off, timeout=2s, retry=3, retry=off or off"),
            ("timeout=0s", "the time limit must be from 1ms to 10m"),
            ("timeout=11m", "the time limit must be from 1ms to 10m"),
            ("timeout=soon", "the time limit `soon` must be a duration such as 250ms, 30s, 15m, 24h or 14d"),
            ("retry=0", "`retry=0` must be retry=off, or a number of requests from 1 to 10"),
            ("retry=11", "`retry=11` must be retry=off, or a number of requests from 1 to 10"),
            ("retry=often", "`retry=often` must be retry=off, or a number of requests from 1 to 10"),
        ] {
            assert_eq!(Change::parse(text).unwrap_err(), message, "{text}");
        }
    }
}
