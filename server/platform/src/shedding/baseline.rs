//! The usual latency of an operation, which tells a slow request from an operation that always takes long.

use std::time::{Duration, Instant};

/// A request is slow if it takes more than this multiple of the usual latency of its operation …
const FACTOR: f64 = 2.0;

/// … and this time. It keeps noise from counting for operations that take less than a millisecond.
const SLACK: Duration = Duration::from_millis(50);

/// The share by which a faster request moves the usual latency.
const FALL: f64 = 0.2;

/// The share by which the usual latency can rise in a second. It is low, so that an overload of minutes does not become
/// usual, and does not depend on the number of requests.
const RISE: f64 = 0.005;

/// The usual latency of an operation. It follows faster requests quickly, and slower ones slowly.
#[derive(Debug)]
pub(super) struct Baseline {
    seconds: f64,
    updated: Instant,
}

impl Baseline {
    pub(super) fn new(latency: Duration, now: Instant) -> Baseline {
        Baseline { seconds: latency.as_secs_f64(), updated: now }
    }

    /// Returns true if a request with this latency is slow.
    pub(super) fn is_slow(&self, latency: Duration) -> bool {
        latency.as_secs_f64() > FACTOR * self.seconds + SLACK.as_secs_f64()
    }

    /// Adds the latency of a request.
    pub(super) fn add(&mut self, latency: Duration, now: Instant) {
        let latency = latency.as_secs_f64();
        if latency < self.seconds {
            self.seconds += (latency - self.seconds) * FALL;
        } else {
            let elapsed = now.saturating_duration_since(self.updated).as_secs_f64();
            self.seconds = latency.min(self.seconds * (1.0 + RISE * elapsed.min(60.0)));
        }
        self.updated = now;
    }
}
