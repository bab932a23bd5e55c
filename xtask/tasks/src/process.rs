//! The child processes of a task, which never outlive it, and the handling of interrupts.

pub mod guard;
mod interrupt;
mod target;

use std::cell::RefCell;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use self::guard::Guard;
pub use self::interrupt::Interrupted;
pub use self::target::{Kind, Target};
use crate::terminal::Waiting;

/// The interval between two checks of a wait: whether the awaited condition is met, and whether the user
/// interrupted the task.
const TICK: Duration = Duration::from_millis(25);
/// The time that a child process may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The child processes of one task, and the signals that the task received.
pub struct Session {
    guard: RefCell<Guard>,
    running: Arc<Mutex<Vec<Target>>>,
    signal: Arc<AtomicI32>,
}

/// A child process of the task. It is stopped when this value is dropped.
pub struct Process<'s> {
    session: &'s Session,
    name: String,
    child: Child,
    target: Target,
}

impl Session {
    /// Starts the supervision of this task's child processes: installs the signal handlers and starts the guard
    /// process.
    pub fn open() -> anyhow::Result<Self> {
        let session = Self { guard: RefCell::new(Guard::start()?), running: Arc::default(), signal: Arc::default() };
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot take signals")?;
        let (running, signal) = (Arc::clone(&session.running), Arc::clone(&session.signal));
        std::thread::spawn(move || interrupt::handle(signals, &running, &signal));
        Ok(session)
    }

    /// Fails if the user has interrupted the task with a signal.
    pub fn check(&self) -> Result<(), Interrupted> {
        match self.signal.load(Ordering::SeqCst) {
            0 => Ok(()),
            signal => Err(Interrupted(signal)),
        }
    }

    /// Waits for a moment between two checks of a condition; fails if the user interrupts the task.
    pub fn pause(&self) -> Result<(), Interrupted> {
        self.check()?;
        sleep(TICK);
        self.check()
    }

    /// Starts a child process. Messages call the process `name`.
    pub fn start(&self, name: &str, kind: Kind, command: &mut Command) -> anyhow::Result<Process<'_>> {
        self.check()?;
        // The child has a separate process group. So Ctrl-C on the terminal reaches only this process, which then
        // stops its children in order.
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let target = Target { pid: Pid::from_child(&child), kind };
        self.guard.borrow_mut().watch(target);
        self.targets().push(target);
        Ok(Process { session: self, name: name.to_owned(), child, target })
    }

    /// Runs a child process and waits for its end.
    pub fn run(&self, name: &str, command: &mut Command) -> anyhow::Result<ExitStatus> {
        self.start(name, Kind::Group, command)?.wait()
    }

    /// Runs a child process without showing its output, and returns the output. If the process fails, the error
    /// contains the output.
    pub fn run_quietly(&self, name: &str, command: &mut Command) -> anyhow::Result<String> {
        let (status, text) = self.capture(name, command)?;
        if !status.success() {
            bail!("{name} failed ({status}):\n{}", text.trim_end());
        }
        Ok(text)
    }

    /// Runs a child process without showing its output. Returns its exit status, and standard output and standard
    /// error in one string.
    pub fn capture(&self, name: &str, command: &mut Command) -> anyhow::Result<(ExitStatus, String)> {
        let mut output = tempfile::tempfile().context("cannot make a temporary file")?;
        command.stdout(output.try_clone()?).stderr(output.try_clone()?);
        let status = self.run(name, command)?;
        let mut text = Vec::new();
        output.rewind()?;
        output.read_to_end(&mut text)?;
        Ok((status, String::from_utf8_lossy(&text).into_owned()))
    }

    /// Makes the guard remove the folder at `path` when this process ends, even if this process is killed.
    pub fn remove_when_gone(&self, path: &Path) {
        self.guard.borrow_mut().remove_folder(path);
    }

    fn targets(&self) -> std::sync::MutexGuard<'_, Vec<Target>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process<'_> {
    /// Returns the name that messages use for the child process.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the process id and the kind of the child process, which are needed to stop it.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Waits for the child process to end, and returns its exit status.
    pub fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            self.session.pause()?;
        }
    }

    /// Returns the exit status of the child process, or `None` if it still runs.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("cannot watch {}", self.name))
    }

    fn has_ended(&mut self) -> bool {
        // A child process that cannot be watched counts as ended, since waiting for its end would never return.
        self.child.try_wait().map_or(true, |status| status.is_some())
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.target.end_gently();
            let since = Instant::now();
            let mut waiting = Waiting::on(format!("stopping {}", self.name));
            while !self.has_ended() {
                if since.elapsed() > PATIENCE {
                    self.target.kill();
                }
                waiting.tick();
                sleep(TICK);
            }
        }
        // Other processes of the child's group may still run.
        if self.target.kind == Kind::Group {
            self.target.kill();
        }
        self.session.targets().retain(|target| *target != self.target);
        self.session.guard.borrow_mut().forget(self.target);
    }
}
