//! What the tasks say on the terminal, in cargo's manner: a verb, then what it is about.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

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

/// Says what happens now.
pub fn step(verb: &str, what: impl Display) {
    // A terminal that was closed is no reason to fail.
    let _ = if colours() {
        writeln!(stderr(), "\x1b[1;32m{verb:>12}\x1b[0m {what}")
    } else {
        writeln!(stderr(), "{verb:>12} {what}")
    };
}

/// Says why the task failed, with every cause.
pub fn error(error: &anyhow::Error) {
    let _ = if colours() {
        writeln!(stderr(), "\x1b[1;31merror\x1b[0m: {error:#}")
    } else {
        writeln!(stderr(), "error: {error:#}")
    };
}

fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none() && stderr().is_terminal()
}
