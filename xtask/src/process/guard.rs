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

use super::target::{Kind, Target};

/// How long what is left may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(8);

/// How often it looks.
const TICK: Duration = Duration::from_millis(20);

/// The pipe to the guard.
pub struct Guard {
    child: Child,
    pipe: Option<ChildStdin>,
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
        self.tell(format_args!("watch {}", target.to_words()));
    }

    /// `target` has ended.
    pub fn forget(&mut self, target: Target) {
        self.tell(format_args!("forget {}", target.to_words()));
    }

    /// The folder at `path` is removed when we are gone.
    pub fn remove_folder(&mut self, path: &Path) {
        self.tell(format_args!("remove {}", path.display()));
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

/// Ends what was started last first, as the last depends on the earlier.
fn end_all(targets: &[Target]) {
    for target in targets.iter().rev() {
        target.end_gently();
        let since = Instant::now();
        while target.is_alive() && since.elapsed() < PATIENCE {
            sleep(TICK);
        }
        // A group may have members left when its first process has ended.
        if target.kind == Kind::Group || target.is_alive() {
            target.kill();
        }
    }
}
