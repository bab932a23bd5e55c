//! The settings of calls, which all called services share.

use std::time::Duration;

use crate::config::{Source, parse};

/// The settings of calls. All called services share them.
#[derive(Debug, Clone, PartialEq)]
pub struct CallConfig {
    /// The time limit of a call whose operation declares none. Default: 5 s.
    pub timeout: Duration,
    /// The largest number of requests to one service that run at once. As many can wait. Default: 100.
    pub concurrency: usize,
    /// The retries of calls.
    pub retry: RetryConfig,
    /// The circuit breakers.
    pub breaker: BreakerConfig,
}

/// The settings of retries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryConfig {
    /// The largest number of requests of a call, unless its operation declares another one. Default: 3.
    pub attempts: u32,
    /// The number of retries for each call, as an average over the calls of a service in ten seconds. Default: 0.2.
    pub share: f32,
    /// The number of retries in a second that are possible in addition, for services with few calls. Default: 1.
    pub minimum: u32,
}

/// The settings of circuit breakers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerConfig {
    /// The smallest number of failures within ten seconds that opens a breaker. Default: 5.
    pub failures: u32,
    /// The smallest share of failures among the requests of ten seconds that opens a breaker. Default: 0.5.
    pub share: f64,
    /// The longest time for which a breaker stays open at first. It doubles each time that the service is still
    /// unavailable, up to 30 s. Default: 1 s.
    pub pause: Duration,
}

impl Default for CallConfig {
    fn default() -> CallConfig {
        CallConfig {
            timeout: Duration::from_secs(5),
            concurrency: 100,
            retry: RetryConfig { attempts: 3, share: 0.2, minimum: 1 },
            breaker: BreakerConfig { failures: 5, share: 0.5, pause: Duration::from_secs(1) },
        }
    }
}

impl CallConfig {
    /// Reads the settings of calls. The source keeps the faults.
    pub(crate) fn read(from: &mut Source) -> CallConfig {
        let CallConfig { timeout, concurrency, retry, breaker } = CallConfig::default();
        CallConfig {
            timeout: from.setting("CALL_TIMEOUT").or(timeout, parse::time_limit),
            concurrency: from.setting("CALL_CONCURRENCY").or(concurrency, concurrent),
            retry: RetryConfig {
                attempts: from.setting("CALL_ATTEMPTS").or(retry.attempts, attempts),
                share: from.setting("CALL_RETRY_SHARE").or(retry.share, |text| parse::share(text).map(|n| n as f32)),
                minimum: from.setting("CALL_RETRY_MINIMUM").or(retry.minimum, minimum),
            },
            breaker: BreakerConfig {
                failures: from.setting("CALL_BREAKER_FAILURES").or(breaker.failures, parse::count),
                share: from.setting("CALL_BREAKER_SHARE").or(breaker.share, parse::share),
                pause: from.setting("CALL_BREAKER_PAUSE").or(breaker.pause, parse::time_limit),
            },
        }
    }
}

/// Reads the name of this service in tokens for calls. Its default follows from the prefix of variables.
pub(super) fn service_name(from: &mut Source) -> String {
    let default = from.service_name();
    from.setting("SERVICE_NAME").or(default, name)
}

/// Accepts the name of a service.
pub(super) fn name(text: &str) -> Result<String, String> {
    let is_name = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
    match is_name {
        true => Ok(text.to_owned()),
        false => Err("must be the name of a service: lower-case letters, digits, `-` and `_`".to_owned()),
    }
}

/// Parses a number of requests that run at once.
fn concurrent(text: &str) -> Result<usize, String> {
    match parse::count(text)? {
        count if count <= 100_000 => Ok(count as usize),
        _ => Err("must be at most 100000".to_owned()),
    }
}

/// Parses a number of attempts from 1 to 10.
fn attempts(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|count| (1..=10).contains(count)).ok_or_else(|| "must be from 1 to 10".to_owned())
}

/// Parses a number of retries in a second.
fn minimum(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|count| *count <= 1000).ok_or_else(|| "must be from 0 to 1000".to_owned())
}
