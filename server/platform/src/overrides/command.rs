//! The arguments of the subcommand `policy`.

use std::time::Duration;

use super::change::{Change, Kind, Span};
use crate::config::parse;
use crate::operator::{Note, Words};

/// The longest time for which a policy can be set.
const MAX_DURATION: Duration = Duration::from_secs(86_400);

/// The number of log entries that are printed by default, and the maximum number.
const LOG_ENTRIES: (u32, u32) = (20, 1000);

/// The description of the subcommand, without the name of the program.
pub(crate) const USAGE: &str = "\
policy set OPERATION POLICY... for DURATION [by NAME] [reason TEXT]
policy off OPERATION for DURATION [by NAME] [reason TEXT]
policy clear OPERATION [rate|cache|timeout|retry|off] [by NAME] [reason TEXT]
policy list
policy log [ENTRIES]

POLICY    rate=20/60s   the rate limit, in place of the limits by caller and by address of the contract
          cache=30s     the time for which responses are cached
          cache=off     responses are not cached
          timeout=2s    the time limit of calls of an operation of another service
          retry=3       the largest number of requests of such a call
          retry=off     such a call is not repeated
OPERATION             the operationId of the contract, for example createOrder
DURATION              at most 24h, for example 30m; the policy of the contract applies again afterwards
by NAME               the operator; the default is the variable USER
reason TEXT           the reason, at most 500 characters";

/// A command of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Replaces policies of an operation for some time.
    Set(Setting),
    /// Ends the overrides of an operation, or that of one kind.
    Clear { operation: String, kind: Option<Kind>, note: Note },
    /// Prints the overrides in effect.
    List,
    /// Prints the latest entries of the log.
    Log { entries: u32 },
    /// Prints the usage.
    Help,
}

/// The overrides that a command sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) operation: String,
    /// The policies, at most one of each kind.
    pub(crate) changes: Vec<Change>,
    pub(crate) duration: Duration,
    pub(crate) note: Note,
}

impl Command {
    /// Parses the arguments after `policy`.
    ///
    /// # Errors
    /// Returns a message that says what is wrong and what the command expects.
    pub(crate) fn parse(arguments: &[String]) -> Result<Command, String> {
        let mut words = Words::new(arguments, USAGE);
        match words.next() {
            None | Some("help" | "--help" | "-h") => Ok(Command::Help),
            Some("set") => Ok(Command::Set(setting(&mut words, Vec::new())?)),
            Some("off") => Ok(Command::Set(setting(&mut words, vec![Change::Off])?)),
            Some("clear") => clear(&mut words),
            Some("list") => words.end().map(|()| Command::List),
            Some("log") => log(&mut words),
            Some(other) => Err(format!("`policy {other}` is not a command; the commands are:\n\n{USAGE}")),
        }
    }

    /// Sets the name of the operator if the command has none.
    pub(crate) fn name_operator(&mut self, name: &str) {
        if let Command::Set(Setting { note, .. }) | Command::Clear { note, .. } = self {
            note.name_operator(name);
        }
    }
}

fn setting(words: &mut Words<'_>, mut changes: Vec<Change>) -> Result<Setting, String> {
    let operation = words.required("the operation")?.to_owned();
    let is_off = !changes.is_empty();
    let (mut note, mut duration) = (Note::default(), None);
    while let Some(word) = words.next() {
        if word == "for" {
            duration = Some(lasting(words.required("the duration after `for`")?)?);
        } else if !words.remark(word, &mut note)? {
            let change = Change::parse(word)?;
            if is_off || changes.iter().any(|other| other.kind() == change.kind()) {
                return Err(format!("`{word}` is one policy too many: an operation has one of each kind"));
            }
            changes.push(change);
        }
    }
    if changes.is_empty() {
        return Err(format!("the policy is missing; write for example `policy set {operation} rate=20/60s for 30m`"));
    }
    let duration = duration.ok_or("the duration is missing; end the command with for example `for 30m`")?;
    Ok(Setting { operation, changes, duration, note })
}

fn clear(words: &mut Words<'_>) -> Result<Command, String> {
    let operation = words.required("the operation")?.to_owned();
    let (mut note, mut kind) = (Note::default(), None);
    while let Some(word) = words.next() {
        if let Some(named) = Kind::ALL.into_iter().find(|kind| kind.as_str() == word) {
            kind = Some(named);
        } else if !words.remark(word, &mut note)? {
            return Err(format!("`{word}` is not a kind of policy; write rate, cache, timeout, retry or off"));
        }
    }
    Ok(Command::Clear { operation, kind, note })
}

fn log(words: &mut Words<'_>) -> Result<Command, String> {
    let (default, max) = LOG_ENTRIES;
    let entries = match words.next() {
        None => default,
        Some(number) => match number.parse() {
            Ok(entries) if (1..=max).contains(&entries) => entries,
            _ => return Err(format!("`{number}` must be a number of entries from 1 to {max}")),
        },
    };
    words.end().map(|()| Command::Log { entries })
}

/// Parses the time for which a policy is set.
fn lasting(text: &str) -> Result<Duration, String> {
    let duration = parse::duration(text).map_err(|fault| format!("the duration `{text}` {fault}"))?;
    match (Duration::from_secs(1)..=MAX_DURATION).contains(&duration) {
        true => Ok(duration),
        false => Err(format!(
            "the duration must be from 1s to {}: a policy that must hold longer belongs in the contract",
            Span(MAX_DURATION)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[&str]) -> Result<Command, String> {
        Command::parse(&text.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_setting_has_policies_a_duration_an_operator_and_a_reason() {
        let words = [
            "set",
            "createOrder",
            "rate=20/60s",
            "cache=off",
            "for",
            "30m",
            "by",
            "user@example.com",
            "reason",
            "INC-812",
        ];
        let Command::Set(setting) = parse(&words).unwrap() else { panic!("not a setting") };
        assert_eq!((setting.operation.as_str(), setting.duration.as_secs()), ("createOrder", 1800));
        assert_eq!(setting.changes, [Change::parse("rate=20/1m").unwrap(), Change::Cache(None)]);
        assert_eq!(setting.note, Note { operator: "user@example.com".to_owned(), reason: "INC-812".to_owned() });
        let Command::Set(off) = parse(&["off", "exportOrders", "for", "10m"]).unwrap() else { panic!("not a setting") };
        assert_eq!((off.changes, off.note), (vec![Change::Off], Note::default()));
    }

    #[test]
    fn other_commands_have_their_own_arguments() {
        let note = Note { reason: "over".to_owned(), ..Note::default() };
        let clear = Command::Clear { operation: "createOrder".to_owned(), kind: Some(Kind::Rate), note };
        assert_eq!(parse(&["clear", "createOrder", "rate", "reason", "over"]), Ok(clear));
        assert_eq!(parse(&["list"]), Ok(Command::List));
        assert_eq!(parse(&["log"]), Ok(Command::Log { entries: 20 }));
        assert_eq!(parse(&["log", "5"]), Ok(Command::Log { entries: 5 }));
        assert_eq!(parse(&[]), Ok(Command::Help));
    }

    #[test]
    fn a_wrong_command_is_refused_with_a_message_that_says_what_to_write() {
        let long = "r".repeat(501);
        for (words, message) in [
            (&["drop"][..], "`policy drop` is not a command"),
            (&["set"], "the operation is missing"),
            (&["set", "createOrder", "for", "30m"], "the policy is missing"),
            (&["set", "createOrder", "rate=20/60s"], "the duration is missing"),
            (&["set", "createOrder", "rate=20/60s", "for"], "the duration after `for` is missing"),
            (&["set", "createOrder", "rate=20/60s", "for", "25h"], "the duration must be from 1s to 24h"),
            (&["set", "createOrder", "rate=20/60s", "for", "0s"], "the duration must be from 1s to 24h"),
            (&["set", "createOrder", "rate=20/60s", "for", "soon"], "the duration `soon` must be a duration such as"),
            (&["set", "createOrder", "rate=20/60s", "rate=3/60s", "for", "1m"], "`rate=3/60s` is one policy too many"),
            (&["off", "createOrder", "cache=off", "for", "1m"], "`cache=off` is one policy too many"),
            (&["off", "createOrder", "for", "1m", "reason", &long], "the reason must have at most 500 characters"),
            (&["off", "createOrder", "for", "1m", "reason", "a\nb"], "the reason must be one line"),
            (&["clear", "createOrder", "limits"], "`limits` is not a kind of policy"),
            (&["list", "all"], "`all` is not expected here"),
            (&["log", "0"], "`0` must be a number of entries from 1 to 1000"),
        ] {
            let error = parse(words).unwrap_err();
            assert!(error.starts_with(message), "{words:?}: {error}");
        }
    }
}
