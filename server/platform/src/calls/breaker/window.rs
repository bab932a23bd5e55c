//! The attempts of the last ten seconds, counted in parts of a second.

use std::time::Duration;

use tokio::time::Instant;

use crate::calls::settings::BreakerConfig;

/// The number of parts of the window.
const PARTS: usize = 10;

/// The length of a part.
const PART: Duration = Duration::from_secs(1);

/// The attempts of the last ten seconds.
#[derive(Debug)]
pub(super) struct Window {
    began: Instant,
    parts: [Part; PARTS],
}

/// The attempts of one second.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// The number of the second since the window began.
    second: u64,
    attempts: u32,
    failures: u32,
}

impl Window {
    pub(super) fn new() -> Window {
        Window { began: Instant::now(), parts: [Part::default(); PARTS] }
    }

    /// Adds an attempt.
    pub(super) fn add(&mut self, failed: bool) {
        let second = self.second();
        // The remainder is less than the number of parts, so it fits.
        let part = &mut self.parts[(second % PARTS as u64) as usize];
        if part.second != second {
            *part = Part { second, ..Part::default() };
        }
        part.attempts = part.attempts.saturating_add(1);
        part.failures = part.failures.saturating_add(u32::from(failed));
    }

    /// Returns true if so many attempts have failed that further ones are pointless.
    pub(super) fn is_failing(&self, config: &BreakerConfig) -> bool {
        let now = self.second();
        let recent = self.parts.iter().filter(|part| part.second + PARTS as u64 > now);
        let (attempts, failures) = recent.fold((0_u64, 0_u64), |(attempts, failures), part| {
            (attempts + u64::from(part.attempts), failures + u64::from(part.failures))
        });
        failures >= u64::from(config.failures) && failures as f64 >= attempts as f64 * config.share
    }

    fn second(&self) -> u64 {
        self.began.elapsed().as_secs() / PART.as_secs()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const CONFIG: BreakerConfig = BreakerConfig { failures: 3, share: 0.5, pause: PART };

    fn add(window: &mut Window, successes: u32, failures: u32) -> bool {
        (0..successes).for_each(|_| window.add(false));
        (0..failures).for_each(|_| window.add(true));
        window.is_failing(&CONFIG)
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_fails_if_both_the_number_and_the_share_of_failures_are_large() {
        assert!(!add(&mut Window::new(), 0, 2));
        assert!(add(&mut Window::new(), 0, 3));
        assert!(add(&mut Window::new(), 3, 3));
        assert!(!add(&mut Window::new(), 4, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_of_more_than_ten_seconds_ago_do_not_count() {
        let mut window = Window::new();
        assert!(!add(&mut window, 0, 2));
        advance(Duration::from_secs(9)).await;
        assert!(add(&mut window, 0, 1));
        advance(Duration::from_secs(1)).await;
        assert!(!add(&mut window, 0, 1));
        advance(Duration::from_secs(25)).await;
        assert!(!add(&mut window, 0, 2));
        assert!(add(&mut window, 0, 1));
    }
}
