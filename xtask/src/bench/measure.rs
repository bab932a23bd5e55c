//! What a program costs: its time by the clock, its time on processors, and the most memory that
//! one of its processes takes.
//!
//! The system tells a process the cost of all its children together. So each program that is
//! measured is the only child of a process of its own: this program, started once more.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};

use crate::process::Session;

/// What a program costs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Cost {
    /// Seconds by the clock.
    pub clock: f64,
    /// Seconds on processors, its own and those of its children.
    pub processors: f64,
    /// The most memory that one of its processes takes, in bytes.
    pub memory: f64,
}

/// A program to measure.
#[derive(clap::Args)]
pub struct Args {
    /// The file that is told the cost.
    #[arg(long)]
    to: PathBuf,
    /// The program and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// Runs the hidden subcommand: the program, then word of what it cost.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let [program, arguments @ ..] = args.command.as_slice() else { bail!("nothing to measure") };
    let begun = Instant::now();
    let status =
        Command::new(program).args(arguments).status().with_context(|| format!("cannot run {}", program.display()))?;
    let clock = begun.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot tell the cost")?;
    let time = usage.user_time() + usage.system_time();
    let cost = Cost {
        clock,
        processors: time.num_microseconds() as f64 / 1e6,
        // In kilobytes.
        memory: usage.max_rss() as f64 * 1024.0,
    };
    std::fs::write(&args.to, serde_json::to_vec(&cost)?).context("cannot tell the cost")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a program to its end, silently, and says what it cost; fails where it fails.
pub fn cost(session: &Session, name: &str, command: &Command) -> anyhow::Result<Cost> {
    let told = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let mut whole = Command::new(std::env::current_exe().context("cannot find this program")?);
    whole.arg("measure").arg("--to").arg(told.path()).arg("--").arg(command.get_program()).args(command.get_args());
    for (variable, value) in command.get_envs() {
        match value {
            Some(value) => whole.env(variable, value),
            None => whole.env_remove(variable),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        whole.current_dir(folder);
    }
    session.run_quietly(name, &mut whole)?;
    serde_json::from_slice(&std::fs::read(told.path())?).with_context(|| format!("the cost of {name} was not told"))
}

/// The middle of some costs, each part by itself.
pub fn median(costs: &[Cost]) -> Cost {
    Cost {
        clock: middle(costs.iter().map(|cost| cost.clock)),
        processors: middle(costs.iter().map(|cost| cost.processors)),
        memory: middle(costs.iter().map(|cost| cost.memory)),
    }
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
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
    use super::middle;

    #[test]
    fn the_middle_of_an_even_count_is_between_two() {
        assert_eq!(middle([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(middle([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
    }
}
