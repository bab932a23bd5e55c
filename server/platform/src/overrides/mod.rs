//! Policies at run time: for a limited time, an operator replaces the rate limit or the cache time that the contract
//! declares for an operation, the time limit or the retries of its calls, or switches the operation off.
//!
//! The store of these overrides is the first database of the service. Each process polls one row of it twice a second,
//! on a connection of its own. `NOTIFY` would save little: a notification is lost while a connection is broken and does
//! not pass a pool of transactions, so the poll would be needed anyway. A service without a database keeps overrides in
//! the memory of its process, and the admin port changes them.
//!
//! Each process ends an override by itself, by the clock of the store, so the process that set it is not needed.

mod active;
mod admin;
mod board;
mod change;
mod command;
mod execute;
#[cfg(feature = "postgres")]
mod follow;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod report;
mod switch;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

pub(crate) use active::Overrides;
pub use admin::AdminConfig;
pub(crate) use admin::{router, run};
pub(crate) use board::Board;
#[cfg(feature = "calls")]
pub(crate) use change::LONGEST_CALL;
pub(crate) use command::USAGE;
#[cfg(feature = "postgres")]
pub(crate) use follow::{Follower, follow};
#[cfg(all(test, feature = "postgres"))]
pub(crate) use postgres::STATEMENTS;
#[cfg(feature = "postgres")]
pub(crate) use postgres::{ENDED, OLD_ENTRIES, SURPLUS_ENTRIES};
pub(crate) use switch::Switches;

use crate::operator::Author;
use change::Change;

/// A policy that replaces the one of the contract for an operation, until its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Override {
    pub(crate) operation: String,
    pub(crate) change: Change,
    pub(crate) until: DateTime<Utc>,
    pub(crate) author: Author,
    pub(crate) reason: String,
}

/// An entry of the log of changes.
#[derive(Debug, Clone)]
pub(crate) struct LogEntry {
    pub(crate) at: DateTime<Utc>,
    pub(crate) action: String,
    pub(crate) operation: String,
    pub(crate) change: String,
    /// The end of an override that was set.
    pub(crate) until: Option<DateTime<Utc>>,
    pub(crate) author: Author,
    pub(crate) reason: String,
}

/// A change that the store has accepted.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    /// The version of the overrides with the change.
    pub(crate) version: i64,
    /// The overrides that the change sets or clears, in the notation of the command.
    pub(crate) changes: Vec<String>,
    /// The end of the overrides that the change sets.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// A running process of the service, with the version of the overrides that it applies.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) version: i64,
}
