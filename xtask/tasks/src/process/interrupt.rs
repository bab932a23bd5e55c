//! The handling of signals to a task: the first signal stops the task in order, the second one kills all its
//! child processes.

use std::fmt;
use std::process::ExitCode;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use signal_hook::iterator::Signals;

use super::target::Target;
use crate::terminal;

/// The time after a signal within which a second signal is ignored. `timeout` and other programs send a signal
/// both to a process and to its group, so the signal arrives twice.
const REPEAT_WINDOW: Duration = Duration::from_millis(300);

/// The error of a task that the user interrupted, with the number of the received signal.
#[derive(Debug)]
pub struct Interrupted(pub i32);

impl Interrupted {
    /// Returns the exit code that a shell reports for a program that this signal ended.
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

/// Waits for signals to this task, on a separate thread. The first signal interrupts the task, a second one kills
/// its child processes.
pub fn handle(mut signals: Signals, running: &Mutex<Vec<Target>>, first: &AtomicI32) {
    let mut interrupted: Option<Instant> = None;
    for signal in signals.forever() {
        match interrupted {
            None => {
                interrupted = Some(Instant::now());
                first.store(signal, Ordering::SeqCst);
                terminal::step("Stopping", "(press Ctrl-C again to stop immediately)");
            }
            Some(since) if since.elapsed() < REPEAT_WINDOW => {}
            Some(_) => {
                let running = running.lock().unwrap_or_else(PoisonError::into_inner);
                running.iter().rev().for_each(|target| target.end_at_once());
                std::process::exit(128 + signal);
            }
        }
    }
}
