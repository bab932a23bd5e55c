//! Overrides in memory, for the tests of gates.

use std::time::Instant;

use chrono::{TimeDelta, Utc};

use super::active::Clock;
use super::change::Change;
use super::{Override, Overrides};
use crate::operator::Author;

/// Returns the override of one policy of an operation, which ends in a minute.
pub(crate) fn of(operation: &str, change: &str) -> Overrides {
    let overrides = Overrides::default();
    let author = Author { operator: String::new(), role: "test".to_owned() };
    let (operation, change) = (operation.to_owned(), Change::parse(change).unwrap());
    let until = Utc::now() + TimeDelta::minutes(1);
    let entry = Override { operation, change, until, author, reason: String::new() };
    overrides.replace(1, vec![entry], Clock::new(Instant::now(), Utc::now()));
    overrides
}
