//! The adaptive limit of the requests of a class that run at the same time.

use std::time::{Duration, Instant};

/// The smallest limit. Fewer running requests are no overload of the process.
pub(super) const MIN: f64 = 32.0;

/// The largest limit, which stands for no limit.
pub(super) const MAX: f64 = 10_000.0;

/// The shortest time after which the limit is adapted, and the smallest number of requests that it is adapted by.
const WINDOW: (Duration, u32) = (Duration::from_millis(200), 10);

/// The factor by which the limit falls in a window with an overload.
const BACKOFF: f64 = 0.9;

/// The adaptive limit of a class.
#[derive(Debug)]
pub(super) struct AdaptiveLimit {
    limit: f64,
    running: u32,
    /// The largest number of requests that ran at the same time in this window.
    peak: u32,
    samples: u32,
    slow: u32,
    began: Instant,
}

impl AdaptiveLimit {
    pub(super) fn new(now: Instant) -> AdaptiveLimit {
        AdaptiveLimit { limit: MAX, running: 0, peak: 0, samples: 0, slow: 0, began: now }
    }

    /// Admits a request if the limit is not reached.
    pub(super) fn enter(&mut self) -> bool {
        if f64::from(self.running) >= self.limit {
            return false;
        }
        self.running += 1;
        self.peak = self.peak.max(self.running);
        true
    }

    /// Ends an admitted request.
    pub(super) fn leave(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// Adds the result of a request, and adapts the limit at the end of a window. Returns the new limit then.
    pub(super) fn sample(&mut self, is_slow: bool, now: Instant) -> Option<u32> {
        self.samples += 1;
        self.slow += u32::from(is_slow);
        if self.samples < WINDOW.1 || now.saturating_duration_since(self.began) < WINDOW.0 {
            return None;
        }
        self.limit = match self.slow * 2 > self.samples {
            true => (self.limit.min(f64::from(self.peak)) * BACKOFF).max(MIN),
            false => (self.limit + self.limit.sqrt()).min(MAX),
        };
        (self.samples, self.slow, self.peak, self.began) = (0, 0, self.running, now);
        Some(self.limit as u32)
    }
}
