//! Messages on the terminal about tasks that take long.

use std::time::{Duration, Instant};

pub use cargo_writ::terminal::{error, step};

/// The time until the first message about a wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// A message that is repeated at growing intervals while a task takes long.
pub struct Waiting {
    task: String,
    since: Instant,
    next: Duration,
}

impl Waiting {
    /// Starts to measure a task; its description `task` follows "still" in the message.
    pub fn on(task: impl Into<String>) -> Self {
        Self { task: task.into(), since: Instant::now(), next: PATIENCE }
    }

    /// Prints the message if it is due; call this repeatedly during the wait.
    pub fn tick(&mut self) {
        let passed = self.since.elapsed();
        if passed >= self.next {
            self.next = passed + (PATIENCE * 2).max(passed / 2);
            step("Waiting", format_args!("still {} ({} s)", self.task, passed.as_secs()));
        }
    }

    /// Returns the time since the start.
    pub fn passed(&self) -> Duration {
        self.since.elapsed()
    }
}
