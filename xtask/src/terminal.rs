//! Messages on the terminal about what takes long.

use std::time::{Duration, Instant};

pub use cargo_writ::terminal::{error, step};

/// How long something may take before it is mentioned again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Mentions what takes long, at growing intervals.
pub struct Waiting {
    what: String,
    since: Instant,
    next: Duration,
}

impl Waiting {
    /// Starts the clock of `what`, written as it should follow "still".
    pub fn on(what: impl Into<String>) -> Self {
        Self { what: what.into(), since: Instant::now(), next: PATIENCE }
    }

    /// Called again and again while waiting.
    pub fn tick(&mut self) {
        let passed = self.since.elapsed();
        if passed >= self.next {
            self.next = passed + (PATIENCE * 2).max(passed / 2);
            step("Waiting", format_args!("still {} ({} s)", self.what, passed.as_secs()));
        }
    }

    /// How long it has taken until now.
    pub fn passed(&self) -> Duration {
        self.since.elapsed()
    }
}
