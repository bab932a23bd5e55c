//! The execution of a command: its check against the contract, the change, and the confirmation of all processes.

use std::time::{Duration, Instant};

use writ_runtime::Operation;

use super::board::Board;
use super::change::{Kind, Span};
use super::command::{Command, Setting, USAGE};
use super::{Accepted, report};
use crate::BoxError;
use crate::health::is_probe;
use crate::operator::{suggestion, time};

/// The longest time that a command waits until all processes apply a change.
const CONFIRMATION: Duration = Duration::from_secs(3);

/// The time between two looks at the confirmations.
const LOOK: Duration = Duration::from_millis(100);

/// The number of operations that an error message lists.
const MAX_LISTED: usize = 40;

/// Executes a command and returns the text that it prints.
///
/// # Errors
/// Returns an error if the command does not fit the contract, if the store is unavailable, or if a process has not
/// confirmed the change in time.
pub(super) async fn execute(
    command: &Command,
    board: &Board,
    operations: &[&'static Operation],
) -> Result<String, BoxError> {
    match command {
        Command::Help => Ok(USAGE.to_owned()),
        Command::List => {
            let (overrides, processes) = (board.list().await?, board.processes().await?);
            let latest = processes.iter().map(|process| process.version).max().unwrap_or_default();
            Ok(format!("{}\n{}", report::overrides(&overrides), report::applied(&processes, latest)))
        }
        Command::Log { entries } => Ok(report::log(&board.log(*entries).await?)),
        Command::Set(setting) => {
            check(setting, operations)?;
            confirmed(board, &setting.operation, board.set(setting).await?).await
        }
        // The contract may not have the operation any more, so it is not checked.
        Command::Clear { operation, kind, note } => match board.clear(operation, *kind, note).await? {
            Some(accepted) => confirmed(board, operation, accepted).await,
            None if operations.iter().any(|known| known.id == operation) => {
                Err(format!("no policy is set for `{operation}`; `policy list` prints those that are").into())
            }
            None => Err(unknown(operation, operations).into()),
        },
    }
}

/// Waits until all processes apply a change, and describes it.
async fn confirmed(board: &Board, operation: &str, accepted: Accepted) -> Result<String, BoxError> {
    let Accepted { version, changes, until } = accepted;
    let end = until.map_or("cleared".to_owned(), |until| format!("until {}", time(until)));
    let changed = format!("{operation}: {} {end}", changes.join(" "));
    let started = Instant::now();
    loop {
        let processes = board.processes().await?;
        let applied = report::applied(&processes, version);
        if processes.iter().all(|process| process.version >= version) {
            return Ok(format!("{changed}\n{applied}"));
        }
        if started.elapsed() > CONFIRMATION {
            let waited = Span(CONFIRMATION);
            return Err(format!("{changed}\n{applied}, after {waited}; it follows once it reaches the database").into());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Checks that the contract has the operation and that the policies make sense for it.
fn check(setting: &Setting, operations: &[&'static Operation]) -> Result<(), String> {
    let name = &setting.operation;
    let mut named = operations.iter().filter(|operation| operation.id == name).peekable();
    if named.peek().is_none() {
        return Err(unknown(name, operations));
    }
    // Several versions of a contract can have an operation with this name. The override applies to all of them.
    let named: Vec<_> = named.collect();
    if named.iter().any(|operation| is_probe(operation)) {
        return Err(format!("`{name}` is a health check, which is never limited or switched off"));
    }
    let caches = setting.changes.iter().any(|change| change.kind() == Kind::Cache);
    if caches && named.iter().all(|operation| operation.cache.is_none()) {
        return Err(format!(
            "the contract declares no x-cache for `{name}`, so its responses have no tags to invalidate them by"
        ));
    }
    Ok(())
}

/// Describes an operation that the contract does not have, with the closest names first.
fn unknown(name: &str, operations: &[&'static Operation]) -> String {
    if operations.is_empty() {
        return "this service has no gate that applies policies at run time; its `Service::router` creates one with \
                `platform.gate(&store, operations::ALL)`"
            .to_owned();
    }
    let mut known: Vec<&str> =
        operations.iter().filter(|operation| !is_probe(operation)).map(|found| found.id).collect();
    known.sort_unstable();
    known.dedup();
    let hint = suggestion(name, known.iter().copied());
    let more = if known.len() > MAX_LISTED { ", …" } else { "" };
    known.truncate(MAX_LISTED);
    format!("the contract has no operation `{name}`{hint}\nits operations are {}{more}", known.join(", "))
}
