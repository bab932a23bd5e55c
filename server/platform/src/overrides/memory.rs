//! The store of overrides in the memory of the only process of a service. They end with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use super::active::Clock;
use super::change::Kind;
use super::command::Setting;
use super::{Accepted, LogEntry, Override, Overrides, Process};
use crate::operator::{Author, Note};

/// The maximum number of log entries in memory. The oldest ones are dropped first.
const MAX_LOG: usize = 1000;

/// The name of the role in memory, where the only way to set an override is the admin port.
const ROLE: &str = "admin port";

/// The store of overrides in the memory of this process.
#[derive(Debug)]
pub(crate) struct MemoryBoard {
    overrides: Overrides,
    /// The log, the latest entry first. The lock of the log serializes the changes.
    log: Mutex<VecDeque<LogEntry>>,
}

impl MemoryBoard {
    pub(super) fn new(overrides: Overrides) -> MemoryBoard {
        overrides.replace(0, Vec::new(), Clock::local());
        MemoryBoard { overrides, log: Mutex::default() }
    }

    pub(super) fn set(&self, setting: &Setting) -> Accepted {
        let mut log = self.lock();
        let clock = Clock::local();
        let (now, author) = (clock.now(), author(&setting.note));
        let until = (now + TimeDelta::from_std(setting.duration).unwrap_or_default()).trunc_subsecs(3);
        let mut overrides = self.overrides.current();
        overrides.retain(|other| {
            let replaced = setting.changes.iter().any(|change| change.kind() == other.change.kind());
            other.operation != setting.operation || !replaced
        });
        for change in &setting.changes {
            let entry = Override {
                operation: setting.operation.clone(),
                change: *change,
                until,
                author: author.clone(),
                reason: setting.note.reason.clone(),
            };
            push(&mut log, "set", &entry, now, Some(until));
            overrides.push(entry);
        }
        overrides.sort_by(|one, other| one.operation.cmp(&other.operation));
        let version = self.next_version();
        self.overrides.replace(version, overrides, clock);
        let changes = setting.changes.iter().map(ToString::to_string).collect();
        Accepted { version, changes, until: Some(until) }
    }

    pub(super) fn clear(&self, operation: &str, kind: Option<Kind>, note: &Note) -> Option<Accepted> {
        let mut log = self.lock();
        let clock = Clock::local();
        let cleared =
            |entry: &Override| entry.operation == operation && kind.is_none_or(|kind| entry.change.kind() == kind);
        let (ended, left): (Vec<_>, Vec<_>) = self.overrides.current().into_iter().partition(cleared);
        if ended.is_empty() {
            return None;
        }
        for mut entry in ended.iter().cloned() {
            (entry.author, entry.reason) = (author(note), note.reason.clone());
            push(&mut log, "clear", &entry, clock.now(), None);
        }
        let version = self.next_version();
        self.overrides.replace(version, left, clock);
        let changes = ended.iter().map(|entry| entry.change.to_string()).collect();
        Some(Accepted { version, changes, until: None })
    }

    pub(super) fn list(&self) -> Vec<Override> {
        self.overrides.current()
    }

    pub(super) fn log(&self, entries: u32) -> Vec<LogEntry> {
        self.lock().iter().take(entries as usize).cloned().collect()
    }

    pub(super) fn process(&self) -> Process {
        Process { name: super::report::process_name(), version: self.overrides.version().unwrap_or_default() }
    }

    fn next_version(&self) -> i64 {
        self.overrides.version().unwrap_or_default() + 1
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<LogEntry>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn author(note: &Note) -> Author {
    Author { operator: note.operator.clone(), role: ROLE.to_owned() }
}

fn push(log: &mut VecDeque<LogEntry>, action: &str, entry: &Override, at: DateTime<Utc>, until: Option<DateTime<Utc>>) {
    let Override { operation, change, author, reason, .. } = entry.clone();
    log.push_front(LogEntry {
        at,
        action: action.to_owned(),
        operation,
        change: change.to_string(),
        until,
        author,
        reason,
    });
    log.truncate(MAX_LOG);
}
