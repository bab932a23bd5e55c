//! The text that a command prints.

use super::{LogEntry, Override, Process};
use crate::operator::{by, table, time};

/// The number of processes that a report names.
const MAX_NAMED: usize = 5;

/// Returns the name of this process: the host and the process id.
pub(super) fn process_name() -> String {
    process_on(std::env::var("HOSTNAME").ok())
}

/// Returns the name of this process on the named host, or on the host that the operating system names.
fn process_on(host: Option<String>) -> String {
    let host = host.filter(|host| !host.is_empty());
    let host = host.or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    let host: String = host.unwrap_or_default().trim().chars().take(100).collect();
    format!("{host}:{}", std::process::id())
}

pub(super) fn overrides(overrides: &[Override]) -> String {
    if overrides.is_empty() {
        return "no policies are set: those of the contract apply".to_owned();
    }
    let mut rows = vec![["OPERATION", "POLICY", "UNTIL", "BY", "REASON"].map(str::to_owned)];
    rows.extend(overrides.iter().map(|entry| {
        let Override { operation, change, until, author, reason } = entry;
        [operation.clone(), change.to_string(), time(*until), by(author), reason.clone()]
    }));
    table(&rows)
}

pub(super) fn log(entries: &[LogEntry]) -> String {
    if entries.is_empty() {
        return "the log is empty".to_owned();
    }
    let mut rows = vec![["TIME", "ACTION", "OPERATION", "POLICY", "UNTIL", "BY", "REASON"].map(str::to_owned)];
    rows.extend(entries.iter().map(|entry| {
        let LogEntry { at, action, operation, change, until, author, reason } = entry;
        let until = until.map(time).unwrap_or_default();
        [time(*at), action.clone(), operation.clone(), change.clone(), until, by(author), reason.clone()]
    }));
    table(&rows)
}

/// Describes the processes that apply a version.
pub(super) fn applied(processes: &[Process], version: i64) -> String {
    if processes.is_empty() {
        return "no process of the service runs; each one applies the policies when it starts".to_owned();
    }
    let (done, behind): (Vec<_>, Vec<_>) = processes.iter().partition(|process| process.version >= version);
    let summary = format!("applied by {} of {} processes", done.len(), processes.len());
    if behind.is_empty() {
        return summary;
    }
    let names: Vec<_> = behind.iter().take(MAX_NAMED).map(|process| process.name.as_str()).collect();
    let more = if behind.len() > MAX_NAMED { ", …" } else { "" };
    format!("{summary}; not yet by {}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processes_that_do_not_apply_a_version_yet_are_named() {
        let process = |(number, version)| Process { name: format!("host:{number}"), version };
        let report = |versions: &[i64]| {
            let processes: Vec<_> = (1..).zip(versions.iter().copied()).map(process).collect();
            applied(&processes, 3)
        };
        assert!(report(&[]).starts_with("no process of the service runs"));
        assert_eq!(report(&[3, 4]), "applied by 2 of 2 processes");
        assert_eq!(report(&[3, 2, 1]), "applied by 1 of 3 processes; not yet by host:2, host:3");
        let five = "host:1, host:2, host:3, host:4, host:5";
        assert_eq!(report(&[2; 5]), format!("applied by 0 of 5 processes; not yet by {five}"));
        assert_eq!(report(&[2; 6]), format!("applied by 0 of 6 processes; not yet by {five}, …"));
    }

    #[test]
    fn a_process_is_named_by_its_host_and_its_id() {
        let id = std::process::id();
        assert_eq!(process_on(Some("hall-1".to_owned())), format!("hall-1:{id}"));
        for host in [None, Some(String::new())] {
            let name = process_on(host);
            let (host, number) = name.rsplit_once(':').unwrap();
            assert!(!host.is_empty() && host.trim() == host && number == id.to_string(), "{name}");
        }
        assert!(process_name().ends_with(&format!(":{id}")));
    }
}
