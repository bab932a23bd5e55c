//! The messages on the terminal while a task takes long.

use std::time::{Duration, Instant};

pub use cargo_writ::terminal::{error, step};

/// The time until the first message that a task still runs.
const PATIENCE: Duration = Duration::from_secs(5);

/// A message on the terminal that a task still runs, repeated at growing intervals.
pub struct Waiting {
    task: String,
    since: Instant,
    next: Duration,
}

impl Waiting {
    /// Starts the timer for the messages that a task still runs. A message contains the description `task` after
    /// the word "still".
    pub fn on(task: impl Into<String>) -> Self {
        Self { task: task.into(), since: Instant::now(), next: PATIENCE }
    }

    /// Prints the message that a task still runs, if the time for the next message has come. Call this function
    /// repeatedly during the wait.
    pub fn tick(&mut self) {
        let passed = self.since.elapsed();
        if passed >= self.next {
            self.next = passed + (PATIENCE * 2).max(passed / 2);
            step("Waiting", format_args!("still {} ({} s)", self.task, passed.as_secs()));
        }
    }

    /// Returns the time since the start of the task.
    pub fn passed(&self) -> Duration {
        self.since.elapsed()
    }
}
