//! The time after an outage of Redis in which cached responses are not trusted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time after an outage in which every process delivers its pending invalidations. It is longer than the interval of
/// their retries and the timeout of Redis together.
const SETTLING: Duration = Duration::from_secs(2);

/// The state in which cached responses are trusted.
const TRUSTED: u64 = 0;

/// The state during an outage.
const OUTAGE: u64 = u64::MAX;

/// The trust in cached responses. After an outage they can be older than an invalidation that another process has not
/// delivered yet.
#[derive(Debug)]
pub(super) struct Trust {
    started: Instant,
    /// [`TRUSTED`], [`OUTAGE`], or the end of the time after an outage, in milliseconds since `started`.
    state: AtomicU64,
}

impl Default for Trust {
    fn default() -> Trust {
        Trust { started: Instant::now(), state: AtomicU64::new(TRUSTED) }
    }
}

impl Trust {
    /// Learns if Redis has responded. Returns true if its cached responses can be trusted.
    pub(super) fn observe(&self, is_available: bool) -> bool {
        self.observe_at(is_available, self.started.elapsed())
    }

    fn observe_at(&self, is_available: bool, elapsed: Duration) -> bool {
        if !is_available {
            self.state.store(OUTAGE, Ordering::SeqCst);
            return false;
        }
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(OUTAGE - 1);
        let (state, now) = (self.state.load(Ordering::SeqCst), milliseconds(elapsed));
        let next = match state {
            TRUSTED => return true,
            OUTAGE => milliseconds(elapsed + SETTLING),
            until if now < until => return false,
            _ => TRUSTED,
        };
        // If another request has changed the state, that request decides.
        let is_changed = self.state.compare_exchange(state, next, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        is_changed && next == TRUSTED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_responses_are_trusted_again_some_time_after_an_outage() {
        let trust = Trust::default();
        let at = |is_available, seconds| trust.observe_at(is_available, Duration::from_secs(seconds));
        assert!(at(true, 0));
        assert!(!at(false, 1) && !at(false, 60));
        // Redis is back after a minute.
        assert!(!at(true, 70) && !at(true, 71));
        assert!(at(true, 72) && at(true, 73));
        assert!(!at(false, 74) && !at(true, 75) && !at(false, 76));
        assert!(!at(true, 80) && !at(true, 81) && at(true, 83));
    }
}
