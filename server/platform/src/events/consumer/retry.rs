//! The attempts of an event that a consumer cannot handle.

use std::time::Duration;

use crate::config::{Source, parse};
use crate::random;

/// The longest time between two attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(600);

/// The number of attempts, the time between them, and the time limit of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::events) struct Retries {
    /// The number of attempts after which an event is parked.
    pub(super) attempts: i32,
    /// The time until the second attempt. Each further one takes twice the time of the one before.
    first_delay: Duration,
    /// The time limit of an attempt.
    pub(super) timeout: Duration,
}

impl Retries {
    /// Reads the settings of the attempts of all consumers of a service.
    pub(in crate::events) fn read(from: &mut Source) -> Retries {
        let attempts = from.setting("EVENT_ATTEMPTS").or(12, parse::count);
        Retries {
            attempts: i32::try_from(attempts).unwrap_or(i32::MAX),
            first_delay: from.setting("EVENT_RETRY_DELAY").or(Duration::from_secs(1), parse::duration),
            timeout: from.setting("EVENT_TIMEOUT").or(Duration::from_secs(30), parse::duration),
        }
    }

    /// Returns the time until the next attempt after so many that failed. A random part spreads events that failed at the
    /// same time.
    pub(super) fn delay(&self, failed: i32) -> Duration {
        let doublings = u32::try_from(failed - 1).unwrap_or(0).min(20);
        let longest = self.first_delay.saturating_mul(1 << doublings).min(LONGEST_DELAY.max(self.first_delay));
        let [random] = random::bytes::<1>();
        longest.mul_f64(0.5 + f64::from(random) / 512.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_attempts_doubles_up_to_a_limit_with_jitter() {
        let retries = Retries { attempts: 12, first_delay: Duration::from_secs(1), timeout: Duration::from_secs(1) };
        for (failed, longest) in [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (i32::MAX, 600)] {
            let delays: Vec<_> = (0..100).map(|_| retries.delay(failed)).collect();
            let (shortest, longest) = (Duration::from_secs(longest) / 2, Duration::from_secs(longest));
            assert!(delays.iter().all(|delay| (shortest..=longest).contains(delay)), "{failed}: {delays:?}");
            assert!(delays.iter().any(|delay| *delay != delays[0]), "{failed}: {delays:?}");
        }
    }
}
