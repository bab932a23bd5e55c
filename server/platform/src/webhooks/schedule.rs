//! The times of the attempts of a delivery.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// The waits between the attempts of a delivery. Together they are a little more than a day.
const WAITS: [Duration; 10] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * MINUTE),
    Duration::from_secs(10 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(HOUR),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(4 * HOUR),
    Duration::from_secs(8 * HOUR),
    Duration::from_secs(10 * HOUR),
];

/// The waits between the attempts of a delivery, the first one after the first failed attempt.
#[derive(Debug, Clone)]
pub(super) struct Schedule(pub(super) Vec<Duration>);

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule(WAITS.to_vec())
    }
}

impl Schedule {
    /// Returns the wait after a number of failed attempts, or `None` if the delivery has failed for good.
    ///
    /// Up to a fifth of the wait is added at random, so that deliveries that failed together do not return together.
    pub(super) fn wait_after(&self, attempts: u32) -> Option<Duration> {
        let wait = *self.0.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
        let [random] = crate::random::bytes::<1>();
        Some(wait + wait.mul_f64(f64::from(random) / f64::from(u8::MAX) / 5.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_end_after_a_day() {
        let schedule = Schedule::default();
        let total: Duration = (1..=10).filter_map(|attempts| schedule.wait_after(attempts)).sum();
        assert!((Duration::from_secs(24 * HOUR)..Duration::from_secs(32 * HOUR)).contains(&total), "{total:?}");
        assert!(schedule.0.is_sorted());
        assert_eq!((schedule.wait_after(0), schedule.wait_after(11)), (None, None));
        for _ in 0..100 {
            let wait = schedule.wait_after(1).unwrap();
            assert!((Duration::from_secs(5)..=Duration::from_secs(6)).contains(&wait), "{wait:?}");
        }
    }
}
