//! The execution of a command: its check against the contract, the change, and the confirmation of all processes.

use std::time::{Duration, Instant};

use writ_runtime::Operation;

use super::board::Board;
use super::change::{Kind, Span};
use super::command::{Command, Setting, USAGE};
use super::{Accepted, Overrides, report};
use crate::BoxError;
#[cfg(feature = "calls")]
use crate::credentials::accepts_service_tokens;
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
pub(super) async fn execute(command: &Command, board: &Board, overrides: &Overrides) -> Result<String, BoxError> {
    let (served, called) = (overrides.operations(), overrides.called_operations());
    let operations = Operations { served: &served, called: &called };
    match command {
        Command::Help => Ok(USAGE.to_owned()),
        Command::List => {
            let (overrides, processes) = (board.list().await?, board.processes().await?);
            let latest = processes.iter().map(|process| process.version).max().unwrap_or_default();
            Ok(format!("{}\n{}", report::overrides(&overrides), report::applied(&processes, latest)))
        }
        Command::Log { entries } => Ok(report::log(&board.log(*entries).await?)),
        Command::Set(setting) => {
            operations.check(setting)?;
            let confirmed = confirmed(board, &setting.operation, board.set(setting).await?).await?;
            Ok(confirmed + operations.remark(setting))
        }
        // The contract may not have the operation any more, so it is not checked.
        Command::Clear { operation, kind, note } => match board.clear(operation, *kind, note).await? {
            Some(accepted) => confirmed(board, operation, accepted).await,
            None if operations.all().any(|known| known.id == operation) => {
                Err(format!("no policy is set for `{operation}`; `policy list` prints those that are").into())
            }
            None => Err(operations.unknown(operation).into()),
        },
    }
}

/// The operations that policies can be set for.
#[derive(Clone, Copy)]
struct Operations<'a> {
    /// The operations that this service serves.
    served: &'a [&'static Operation],
    /// The operations of other services that this service can call.
    called: &'a [&'static Operation],
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

impl Operations<'_> {
    fn all(&self) -> impl Iterator<Item = &'static Operation> {
        self.served.iter().chain(self.called).copied()
    }

    /// Checks that a contract has the operation and that the policies make sense for it.
    fn check(&self, setting: &Setting) -> Result<(), String> {
        let name = &setting.operation;
        // Several versions of a contract can have an operation with this name. The override applies to all of them.
        let named = |operations: &[&'static Operation]| -> Vec<_> {
            operations.iter().copied().filter(|operation| operation.id == name).collect()
        };
        let (served, called) = (named(self.served), named(self.called));
        if served.is_empty() && called.is_empty() {
            return Err(self.unknown(name));
        }
        if served.iter().any(|operation| is_probe(operation)) {
            return Err(format!("`{name}` is a health check, which is never limited or switched off"));
        }
        setting.changes.iter().try_for_each(|change| match change.kind() {
            Kind::Off => Ok(()),
            Kind::Rate | Kind::Cache if served.is_empty() => {
                Err(format!("this service does not serve `{name}`; set {change} in the service that does"))
            }
            Kind::Timeout | Kind::Retry if called.is_empty() => {
                Err(format!("this service does not call `{name}`, so {change} would have no effect"))
            }
            Kind::Rate | Kind::Timeout => Ok(()),
            Kind::Cache if served.iter().any(|operation| operation.cache.is_some()) => Ok(()),
            Kind::Cache => Err(format!(
                "the contract declares no x-cache for `{name}`, so its responses have no tags to invalidate them by"
            )),
            Kind::Retry if called.iter().any(|operation| is_repeatable(operation)) => Ok(()),
            Kind::Retry => {
                Err(format!("`{name}` is never repeated, because a second request can have a second effect"))
            }
        })
    }

    /// Returns a line about a limit that has less effect than it seems: rate limits do not apply to services.
    fn remark(&self, setting: &Setting) -> &'static str {
        let is_rate = setting.changes.iter().any(|change| change.kind() == Kind::Rate);
        let mut named = self.served.iter().filter(|operation| operation.id == setting.operation);
        match is_rate && named.any(|operation| accepts_service_tokens(operation)) {
            true => "\nthe limit does not apply to calls of other services; `policy off` stops these too",
            false => "",
        }
    }

    /// Describes an operation that no contract has, with the closest names first.
    fn unknown(&self, name: &str) -> String {
        if self.all().next().is_none() {
            return "this service has no gate that applies policies at run time; its `Service::router` creates one with \
                    `platform.gate(&store, operations::ALL)`"
                .to_owned();
        }
        let mut known: Vec<&str> = self.all().filter(|operation| !is_probe(operation)).map(|found| found.id).collect();
        known.sort_unstable();
        known.dedup();
        let hint = suggestion(name, known.iter().copied());
        let more = if known.len() > MAX_LISTED { ", …" } else { "" };
        known.truncate(MAX_LISTED);
        format!("the contract has no operation `{name}`{hint}\nits operations are {}{more}", known.join(", "))
    }
}

/// Returns false: without the feature `calls`, a service accepts no service tokens.
#[cfg(not(feature = "calls"))]
fn accepts_service_tokens(_: &Operation) -> bool {
    false
}

/// Returns true if a call of an operation can be repeated.
fn is_repeatable(operation: &Operation) -> bool {
    operation.method.is_idempotent() || operation.idempotency.is_some()
}

#[cfg(test)]
mod tests {
    use writ_runtime::Method;
    #[cfg(feature = "calls")]
    use writ_runtime::operation::{Requirement, Scheme, SchemeKind};

    use super::*;

    static SERVED: Operation = Operation { id: "listEvents", path: "/events", ..Operation::NONE };
    static CALLED: Operation = Operation { id: "getTicket", path: "/tickets/{id}", ..Operation::NONE };
    static SOLD: Operation = Operation { id: "buyTicket", method: Method::POST, path: "/tickets", ..Operation::NONE };

    fn setting(command: &str) -> Setting {
        let words: Vec<_> = command.split(' ').map(str::to_owned).collect();
        let Ok(Command::Set(setting)) = Command::parse(&words) else { panic!("{command}") };
        setting
    }

    fn check(command: &str) -> Result<(), String> {
        Operations { served: &[&SERVED], called: &[&CALLED, &SOLD] }.check(&setting(command))
    }

    #[cfg(feature = "calls")]
    #[test]
    fn a_rate_limit_that_services_do_not_notice_is_confirmed_with_a_remark() {
        static FOR_SERVICES: Operation = Operation {
            id: "getRoom",
            security: &[&[Requirement {
                scheme: &Scheme { name: "service", kind: SchemeKind::Bearer },
                scopes: &["rooms:read"],
            }]],
            ..Operation::NONE
        };
        let operations = Operations { served: &[&SERVED, &FOR_SERVICES], called: &[] };
        let remark = |command| operations.remark(&setting(command));
        assert!(
            remark("set getRoom cache=off rate=20/60s for 30m").contains("does not apply to calls of other services")
        );
        assert_eq!(remark("off getRoom for 30m"), "");
        assert_eq!(remark("set listEvents rate=20/60s for 30m"), "");
    }

    #[test]
    fn only_a_long_list_of_operations_is_cut() {
        let named = |count: usize| {
            let name = |number: usize| Operation { id: format!("operation{number:02}").leak(), ..Operation::NONE };
            (0..count).map(|number| &*Box::leak(Box::new(name(number)))).collect::<Vec<&'static Operation>>()
        };
        let unknown = |count| Operations { served: &named(count), called: &[] }.unknown("none");
        assert!(unknown(MAX_LISTED).ends_with("operation38, operation39"), "{}", unknown(MAX_LISTED));
        assert!(unknown(MAX_LISTED + 1).ends_with("operation38, operation39, …"), "{}", unknown(MAX_LISTED + 1));
    }

    #[test]
    fn a_policy_is_set_where_it_has_an_effect() {
        for fits in [
            "set listEvents rate=20/60s for 30m",
            "off listEvents for 30m",
            "set getTicket timeout=2s retry=off for 30m",
            "set buyTicket timeout=500ms for 30m",
            "off buyTicket for 30m",
        ] {
            assert_eq!(check(fits), Ok(()), "{fits}");
        }
        for (wrong, message) in [
            ("set listEvents timeout=2s for 30m", "this service does not call `listEvents`, so timeout=2s"),
            ("set listEvents retry=off for 30m", "this service does not call `listEvents`, so retry=off"),
            ("set listEvents cache=off for 30m", "the contract declares no x-cache for `listEvents`"),
            ("set getTicket rate=20/60s for 30m", "this service does not serve `getTicket`; set rate=20/1m"),
            ("set getTicket cache=off for 30m", "this service does not serve `getTicket`; set cache=off"),
            ("set buyTicket retry=3 for 30m", "`buyTicket` is never repeated"),
            (
                "set getTickets timeout=2s for 30m",
                "the contract has no operation `getTickets`; did you mean `getTicket`?",
            ),
        ] {
            let refused = check(wrong).unwrap_err();
            assert!(refused.starts_with(message), "{wrong}: {refused}");
        }
    }
}
