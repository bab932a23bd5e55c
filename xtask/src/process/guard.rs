//! The guard: a second process that stops the child processes if this process is killed.
//!
//! No signal handler runs on `kill -9`. The guard reads from a pipe that closes when this process ends for
//! any reason. It received the list of running processes through the pipe, and stops them in order.

use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::target::{Kind, Target};

/// The time that a process may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(8);

/// The interval at which the guard checks if a process has ended.
const TICK: Duration = Duration::from_millis(20);

/// The connection to the guard process.
pub struct Guard {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Guard {
    /// Starts the guard in a separate process group, where signals of the terminal do not reach it.
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

    /// Adds `target` to the processes to stop.
    pub fn watch(&mut self, target: Target) {
        self.send(format_args!("watch {}", target.to_words()));
    }

    /// Removes `target`, which has ended, from the processes to stop.
    pub fn forget(&mut self, target: Target) {
        self.send(format_args!("forget {}", target.to_words()));
    }

    /// Adds the folder at `path` to the folders to remove.
    pub fn remove_folder(&mut self, path: &Path) {
        self.send(format_args!("remove {}", path.display()));
    }

    fn send(&mut self, line: std::fmt::Arguments<'_>) {
        if let Some(pipe) = &mut self.pipe {
            // A task continues if its guard has died.
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

/// Runs the guard: reads until the pipe closes, then stops the processes and removes the folders.
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

/// Stops the processes in reverse order of their start, since later processes depend on earlier ones.
fn end_all(targets: &[Target]) {
    for target in targets.iter().rev() {
        target.end_gently();
        let since = Instant::now();
        while target.is_alive() && since.elapsed() < PATIENCE {
            sleep(TICK);
        }
        // The group may have other members after its first process has ended.
        if target.kind == Kind::Group || target.is_alive() {
            target.kill();
        }
    }
}
