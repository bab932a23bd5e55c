//! What the user's signals do: the first asks to stop, the second ends everything.

use std::fmt;
use std::process::ExitCode;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use signal_hook::iterator::Signals;

use super::target::Target;
use crate::terminal;

/// `timeout` and others send a signal to us and to our group: that is one request, not two.
const ONE_REQUEST: Duration = Duration::from_millis(300);

/// The user asked us to stop.
#[derive(Debug)]
pub struct Interrupted(pub i32);

impl Interrupted {
    /// What a shell reports for a program that its signal ended.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(u8::try_from(128 + self.0).unwrap_or(130))
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Runs on a thread of its own. The first signal asks the task to stop, a second one ends everything at once.
pub fn obey(mut signals: Signals, running: &Mutex<Vec<Target>>, first: &AtomicI32) {
    let mut asked: Option<Instant> = None;
    for signal in signals.forever() {
        match asked {
            None => {
                asked = Some(Instant::now());
                first.store(signal, Ordering::SeqCst);
                terminal::step("Stopping", "(once more to end at once)");
            }
            Some(since) if since.elapsed() < ONE_REQUEST => {}
            Some(_) => {
                let running = running.lock().unwrap_or_else(PoisonError::into_inner);
                running.iter().rev().for_each(|target| target.end_at_once());
                std::process::exit(128 + signal);
            }
        }
    }
}
