//! The number of rows in a batch of a purge, which follows the time that batches take.

use std::time::Duration;

/// The number of rows in the first batch.
const FIRST: u64 = 1000;

/// The largest number of rows in a batch.
const MOST: u64 = 10_000;

/// The time below which a batch becomes larger. Short batches hold their locks only for a short time.
const QUICK: Duration = Duration::from_millis(500);

/// The time above which a batch becomes smaller.
const SLOW: Duration = Duration::from_secs(2);

/// The largest number of rows that are skipped in a run because they cannot be deleted.
const MOST_SKIPPED: u64 = 100;

/// The next batch of a purge: how many rows it deletes, after how many rows that cannot be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    /// The number of rows in the batch.
    pub rows: u64,
    /// The number of the oldest rows that could not be deleted in this run.
    pub skipped: u64,
}

/// The continuation of a purge after a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Another batch follows.
    Continue,
    /// No expired rows are left.
    Done,
    /// Only rows that cannot be deleted are left, or there are too many of them.
    Stuck {
        /// The number of these rows.
        skipped: u64,
    },
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { rows: FIRST, skipped: 0 }
    }
}

impl Pace {
    /// Adapts the size after a batch that deleted all its rows.
    pub fn succeed(&mut self, took: Duration) -> Step {
        if took < QUICK {
            self.rows = (self.rows * 2).min(MOST);
        } else if took > SLOW {
            self.rows = (self.rows / 2).max(1);
        }
        Step::Continue
    }

    /// Adapts the size after a batch that failed, and skips a row that failed alone.
    pub fn fail(&mut self, error: &sqlx::Error) -> Step {
        if self.rows > 1 {
            self.rows = (self.rows / 4).max(1);
            return Step::Continue;
        }
        self.skipped += 1;
        tracing::warn!(%error, "a row cannot be deleted: skipping it in this run");
        match self.skipped < MOST_SKIPPED {
            true => Step::Continue,
            false => self.stuck(),
        }
    }

    /// Ends a run after a batch that found fewer rows than it could delete.
    pub fn finish(&mut self) -> Step {
        match self.skipped {
            0 => Step::Done,
            _ => self.stuck(),
        }
    }

    /// Ends a run that skipped rows. The next run tries them again.
    fn stuck(&mut self) -> Step {
        Step::Stuck { skipped: std::mem::take(&mut self.skipped) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_while_it_is_quick_and_shrinks_while_it_is_slow() {
        let mut pace = Pace::default();
        for _ in 0..10 {
            pace.succeed(Duration::from_millis(1));
        }
        assert_eq!(pace.rows, MOST);
        for _ in 0..20 {
            pace.succeed(Duration::from_secs(3));
        }
        assert_eq!(pace.rows, 1);
    }

    #[test]
    fn a_batch_of_medium_length_keeps_its_size() {
        let mut pace = Pace::default();
        for took in [QUICK, Duration::from_secs(1), SLOW] {
            assert_eq!((pace.succeed(took), pace.rows), (Step::Continue, FIRST));
        }
    }

    #[test]
    fn a_failing_row_is_found_and_skipped() {
        let (mut pace, error) = (Pace::default(), sqlx::Error::RowNotFound);
        let mut attempts = 0;
        while pace.skipped == 0 {
            assert_eq!(pace.fail(&error), Step::Continue);
            attempts += 1;
        }
        assert_eq!((pace.rows, attempts), (1, 6));
        assert!(matches!(pace.finish(), Step::Stuck { skipped: 1 }));
        assert_eq!(pace.finish(), Step::Done);
    }

    #[test]
    fn the_number_of_skipped_rows_is_bounded() {
        let (mut pace, error) = (Pace { rows: 1, skipped: 0 }, sqlx::Error::RowNotFound);
        for _ in 1..MOST_SKIPPED {
            assert_eq!(pace.fail(&error), Step::Continue);
        }
        assert!(matches!(pace.fail(&error), Step::Stuck { skipped: MOST_SKIPPED }));
    }
}
