//! The cost of a program: its elapsed time, its CPU time, and the largest memory of one of its processes.
//!
//! The operating system reports the cost of all children of a process together. Therefore each measured
//! program is the only child of a separate process, which runs this program again.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};

use writ_tasks::process::Session;

/// The cost of running a program once: time and memory.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Cost {
    /// The elapsed time of the program's run in seconds.
    pub clock: f64,
    /// The CPU time of the program and its child processes in seconds.
    pub cpu: f64,
    /// The largest resident memory of one process of the program, in bytes.
    pub memory: f64,
}

/// The command line of `cargo xtask measure`, which is hidden from users.
#[derive(clap::Args)]
pub struct Args {
    /// The file to write the cost of the program to.
    #[arg(long)]
    to: PathBuf,
    /// The program to measure and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// Runs `cargo xtask measure`: runs another program, then writes its cost to a file.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let [program, arguments @ ..] = args.command.as_slice() else { bail!("the program to measure is missing") };
    let begun = Instant::now();
    let status =
        Command::new(program).args(arguments).status().with_context(|| format!("cannot run {}", program.display()))?;
    let clock = begun.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot read the cost")?;
    let time = usage.user_time() + usage.system_time();
    let cost = Cost {
        clock,
        cpu: time.num_microseconds() as f64 / 1e6,
        // Linux reports the memory in kilobytes.
        memory: usage.max_rss() as f64 * 1024.0,
    };
    std::fs::write(&args.to, serde_json::to_vec(&cost)?).context("cannot write the cost")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a program without showing its output and returns its cost; fails if the program fails.
pub fn cost(session: &Session, name: &str, command: &Command) -> anyhow::Result<Cost> {
    let report = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let mut measured = Command::new(std::env::current_exe().context("cannot find this program")?);
    measured
        .arg("measure")
        .arg("--to")
        .arg(report.path())
        .arg("--")
        .arg(command.get_program())
        .args(command.get_args());
    for (variable, value) in command.get_envs() {
        match value {
            Some(value) => measured.env(variable, value),
            None => measured.env_remove(variable),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        measured.current_dir(folder);
    }
    session.run_quietly(name, &mut measured)?;
    serde_json::from_slice(&std::fs::read(report.path())?)
        .with_context(|| format!("the cost of {name} was not written"))
}

/// Returns the median elapsed time, CPU time and memory of several runs of a program.
pub fn median(costs: &[Cost]) -> Cost {
    Cost {
        clock: median_of(costs.iter().map(|cost| cost.clock)),
        cpu: median_of(costs.iter().map(|cost| cost.cpu)),
        memory: median_of(costs.iter().map(|cost| cost.memory)),
    }
}

fn median_of(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.get(half) {
        Some(middle) if values.len() % 2 == 1 => *middle,
        Some(upper) => (upper + values[half - 1]) / 2.0,
        None => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::median_of;

    #[test]
    fn the_median_of_an_even_count_is_between_two_values() {
        assert_eq!(median_of([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median_of([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
    }
}
