//! The guard: a second process that ends what is left when this one is killed without warning.
//!
//! No signal handler runs on `kill -9`. The guard reads a pipe from us that closes however we end;
//! it has been told what runs, and stops it in order.

use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{
    Pid, Signal, kill_process, kill_process_group, test_kill_process, test_kill_process_group,
};

/// How long what is left may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(8);

/// A running process, and how to end it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its process id, and for [`Kind::Group`] that of its group.
    pub pid: Pid,
    /// What signals mean to it.
    pub kind: Kind,
}

/// What signals mean to a process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL reads its own meanings from signals, and its workers stand outside its group.
    Postgres,
    /// Anything else: the process, and what it started, in a group of their own.
    Group,
}

/// The pipe to the guard.
pub struct Guard {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Target {
    /// Asks it to finish what it does and end.
    pub fn end_gently(self) {
        self.signal(match self.kind {
            Kind::Postgres => Signal::INT,
            Kind::Group => Signal::TERM,
        });
    }

    /// Ends it at once. PostgreSQL still tells its workers, and recovers when it starts again.
    pub fn end_at_once(self) {
        self.signal(match self.kind {
            Kind::Postgres => Signal::QUIT,
            Kind::Group => Signal::KILL,
        });
    }

    /// Ends it without its consent.
    pub fn kill(self) {
        self.signal(Signal::KILL);
    }

    /// Whether anything of it still runs.
    pub fn is_alive(self) -> bool {
        match self.kind {
            Kind::Postgres => test_kill_process(self.pid).is_ok(),
            Kind::Group => test_kill_process_group(self.pid).is_ok(),
        }
    }

    fn signal(self, signal: Signal) {
        // A process that is gone already is what was wanted.
        let _ = match self.kind {
            Kind::Postgres => kill_process(self.pid, signal),
            Kind::Group => kill_process_group(self.pid, signal),
        };
    }

    fn word(self) -> &'static str {
        match self.kind {
            Kind::Postgres => "postgres",
            Kind::Group => "group",
        }
    }
}

impl Guard {
    /// Starts the guard, out of reach of what the terminal sends to us.
    pub fn start() -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let mut child = Command::new(program)
            .arg("guard")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start the process that cleans up after this one")?;
        let pipe = child.stdin.take();
        Ok(Self { child, pipe })
    }

    /// From now on `target` is ended when we are gone.
    pub fn watch(&mut self, target: Target) {
        self.tell(format_args!(
            "watch {} {}",
            target.word(),
            target.pid.as_raw_pid()
        ));
    }

    /// `target` has ended.
    pub fn forget(&mut self, target: Target) {
        self.tell(format_args!(
            "forget {} {}",
            target.word(),
            target.pid.as_raw_pid()
        ));
    }

    /// The folder at `path` is removed when we are gone.
    pub fn remove_folder(&mut self, path: &Path) {
        self.tell(format_args!("remove folder {}", path.display()));
    }

    fn tell(&mut self, line: std::fmt::Arguments<'_>) {
        if let Some(pipe) = &mut self.pipe {
            // Without its guard a task still does its work.
            let _ = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.child.wait();
    }
}

/// The guard's own life: listen until the pipe closes, then end what is left.
pub fn run() -> anyhow::Result<ExitCode> {
    let mut targets: Vec<Target> = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let mut words = line.splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some("watch"), Some(kind), Some(pid)) => targets.extend(parse(kind, pid)),
            (Some("forget"), Some(kind), Some(pid)) => {
                let ended = parse(kind, pid);
                targets.retain(|target| Some(*target) != ended);
            }
            (Some("remove"), _, Some(path)) => folders.push(path.into()),
            _ => {}
        }
    }
    end_all(&targets);
    for folder in folders {
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends what was started last first, as the last depends on the earlier.
fn end_all(targets: &[Target]) {
    for target in targets.iter().rev() {
        target.end_gently();
        let since = Instant::now();
        while target.is_alive() && since.elapsed() < PATIENCE {
            sleep(Duration::from_millis(20));
        }
        if target.is_alive() {
            target.kill();
        }
    }
}

fn parse(kind: &str, pid: &str) -> Option<Target> {
    let kind = match kind {
        "postgres" => Kind::Postgres,
        "group" => Kind::Group,
        _ => return None,
    };
    Some(Target {
        pid: Pid::from_raw(pid.parse().ok()?)?,
        kind,
    })
}
