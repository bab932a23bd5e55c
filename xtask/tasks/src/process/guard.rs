//! The guard: a second process that stops the child processes of a task if the task is killed.
//!
//! No signal handler runs on `kill -9`. The guard reads from a pipe that closes when the task ends for any
//! reason. Through this pipe the task has sent the list of running processes, which the guard then stops in
//! order.

use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::target::{Kind, Target};

/// The time that a child process may take to stop before the guard kills it.
const PATIENCE: Duration = Duration::from_secs(8);

/// The interval at which the guard checks whether a process has ended.
const TICK: Duration = Duration::from_millis(20);

/// The task's connection to its guard process.
pub struct Guard {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Guard {
    /// Starts the guard process in a separate process group, where signals of the terminal do not reach it.
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

    /// Adds the process `target` to those that the guard stops if this task is killed.
    pub fn watch(&mut self, target: Target) {
        self.send(format_args!("watch {}", target.to_words()));
    }

    /// Removes the process `target`, which has ended, from those that the guard stops.
    pub fn forget(&mut self, target: Target) {
        self.send(format_args!("forget {}", target.to_words()));
    }

    /// Adds the folder at `path` to those that the guard removes when this task ends.
    pub fn remove_folder(&mut self, path: &Path) {
        self.send(format_args!("remove {}", path.display()));
    }

    fn send(&mut self, line: std::fmt::Arguments<'_>) {
        if let Some(pipe) = &mut self.pipe {
            // An error means that the guard has died. The task continues without it.
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

/// Runs the guard process: reads until the pipe of its task closes, then stops the processes and removes the
/// folders.
pub fn run() -> anyhow::Result<ExitCode> {
    let mut targets: Vec<Target> = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("watch", words)) => targets.extend(Target::from_words(words)),
            Some(("forget", words)) => {
                let ended = Target::from_words(words);
                targets.retain(|target| Some(*target) != ended);
            }
            Some(("remove", path)) => folders.push(path.into()),
            _ => {}
        }
    }
    end_all(&targets);
    for folder in folders {
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(ExitCode::SUCCESS)
}

/// Stops the child processes of the task in reverse order of their start, since later processes depend on earlier
/// ones.
fn end_all(targets: &[Target]) {
    for target in targets.iter().rev() {
        target.end_gently();
        let since = Instant::now();
        while target.is_alive() && since.elapsed() < PATIENCE {
            sleep(TICK);
        }
        // The process group may have other members after its first process has ended.
        if target.kind == Kind::Group || target.is_alive() {
            target.kill();
        }
    }
}
