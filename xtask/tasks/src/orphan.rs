//! The search for private services and servers that an earlier task left running, because it was killed together
//! with its guard.

use std::fs;
use std::process::Command;
use std::time::Duration;

use rustix::process::Pid;

use crate::folder::Folder;
use crate::process::{Kind, Process, Session, Target};
use crate::terminal::{self, Waiting};

/// The time that a process of an earlier task may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Records in `folder` that this task runs `process`, so that a later task can stop it. `mark` is a piece of the
/// process's command line, by which the later task recognizes the process.
pub fn record(folder: &Folder, process: &Process<'_>, mark: &str) -> anyhow::Result<()> {
    let record = format!("{mark}\n{}", process.target().to_words());
    folder.write(&format!("{}.pid", process.name()), &record).map(drop)
}

/// Stops the recorded processes of an earlier task that still run, in reverse order of their start.
///
/// This process holds the lock of the folder, so no other task uses the processes.
pub fn end_all(session: &Session, folder: &Folder) -> anyhow::Result<()> {
    let mut names: Vec<String> = recorded(folder);
    names.sort_by_key(|name| ["redis", "postgres"].iter().position(|store| store == name));
    for name in names {
        let path = folder.path().join(format!("{name}.pid"));
        let Ok(record) = fs::read_to_string(&path) else {
            continue;
        };
        if let Some((mark, words)) = record.split_once('\n')
            && let Some(target) = Target::from_words(words)
        {
            end(session, target, &name, mark)?;
        }
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// Returns the names of the recorded processes.
fn recorded(folder: &Folder) -> Vec<String> {
    let files = fs::read_dir(folder.path()).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    names.filter_map(|name| name.strip_suffix(".pid").map(str::to_owned)).collect()
}

/// Stops the process `target` of an earlier task, but only if the command line of the process contains `mark`.
/// Otherwise another program has received the process id.
pub fn end(session: &Session, target: Target, name: &str, mark: &str) -> anyhow::Result<()> {
    if !command_line(target.pid).is_some_and(|line| line.contains(mark)) {
        return Ok(());
    }
    terminal::step("Stopping", format_args!("{name}, which an earlier run left"));
    target.end_gently();
    let mut waiting = Waiting::on(format!("stopping {name}"));
    while target.is_alive() && waiting.passed() < PATIENCE {
        waiting.tick();
        session.pause()?;
    }
    if target.kind == Kind::Group || target.is_alive() {
        target.kill();
    }
    Ok(())
}

fn command_line(pid: Pid) -> Option<String> {
    let pid = pid.as_raw_pid().to_string();
    if let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) {
        return Some(String::from_utf8_lossy(&line).replace('\0', " "));
    }
    let output = Command::new("ps").args(["-o", "command=", "-p", &pid]).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
