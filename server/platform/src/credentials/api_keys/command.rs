//! The arguments of the subcommand `keys`.

use std::time::Duration;

use crate::config::parse;
use crate::operator::{Note, Words};

/// The longest lifetime of a key: ten years.
const MAX_LIFETIME: Duration = Duration::from_secs(3650 * 86_400);

/// The maximum length of the name of a caller, in characters.
const MAX_NAME: usize = 200;

/// The maximum number of scopes of a key.
const MAX_SCOPES: usize = 100;

/// The description of the subcommand, without the name of the program.
pub(crate) const USAGE: &str = "\
keys issue NAME [SCOPE...] [for DURATION] [by NAME] [reason TEXT]
keys revoke KEY [by NAME] [reason TEXT]
keys list [all] [of NAME]

NAME          the caller who receives the key; a caller can have several keys
SCOPE         a scope of the contract, for example orders:read
KEY           the first column of `keys list`
for DURATION  the lifetime of the key, for example 90d; without it, the key does not expire
all           also keys that have expired or were revoked
of NAME       only the keys of this caller
by NAME       the operator; the default is the variable USER
reason TEXT   the reason, at most 500 characters";

/// A command of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// Creates a key.
    Issue(Grant),
    /// Ends the validity of a key.
    Revoke { key: String, note: Note },
    /// Prints the keys of one caller, or of all.
    List { all: bool, name: Option<String> },
    /// Prints the usage.
    Help,
}

/// The caller, the scopes and the lifetime of a key that a command creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    /// The lifetime of the key. `None`: it does not expire.
    pub(super) lifetime: Option<Duration>,
    pub(super) note: Note,
}

impl Command {
    /// Parses the arguments after `keys`.
    ///
    /// # Errors
    /// Returns a message that says what is wrong and what the command expects.
    pub(super) fn parse(arguments: &[String]) -> Result<Command, String> {
        let mut words = Words::new(arguments, USAGE);
        match words.next() {
            None | Some("help" | "--help" | "-h") => Ok(Command::Help),
            Some("issue") => issue(&mut words),
            Some("revoke") => revoke(&mut words),
            Some("list") => list(&mut words),
            Some(other) => Err(format!("`keys {other}` is not a command; the commands are:\n\n{USAGE}")),
        }
    }

    /// Sets the name of the operator if the command has none.
    pub(super) fn name_operator(&mut self, name: &str) {
        if let Command::Issue(Grant { note, .. }) | Command::Revoke { note, .. } = self {
            note.name_operator(name);
        }
    }
}

fn issue(words: &mut Words<'_>) -> Result<Command, String> {
    let name = words.required("the name of the caller")?;
    let mut grant = Grant { name: word("the name", name)?, scopes: Vec::new(), lifetime: None, note: Note::default() };
    while let Some(next) = words.next() {
        if next == "for" {
            grant.lifetime = Some(lifetime(words.required("the duration after `for`")?)?);
        } else if !words.remark(next, &mut grant.note)? {
            grant.scopes.push(word("a scope", next)?);
        }
    }
    if grant.scopes.len() > MAX_SCOPES {
        return Err(format!("a key must have at most {MAX_SCOPES} scopes"));
    }
    Ok(Command::Issue(grant))
}

fn revoke(words: &mut Words<'_>) -> Result<Command, String> {
    let key = words.required("the key, as `keys list` prints it,")?.to_owned();
    let mut note = Note::default();
    while let Some(next) = words.next() {
        if !words.remark(next, &mut note)? {
            return Err(format!("`{next}` is not expected here; the commands are:\n\n{USAGE}"));
        }
    }
    Ok(Command::Revoke { key, note })
}

fn list(words: &mut Words<'_>) -> Result<Command, String> {
    let (mut all, mut name) = (false, None);
    while let Some(next) = words.next() {
        match next {
            "all" if !all => all = true,
            "of" if name.is_none() => name = Some(word("the name", words.required("the name after `of`")?)?),
            other => return Err(format!("`{other}` is not expected here; the commands are:\n\n{USAGE}")),
        }
    }
    Ok(Command::List { all, name })
}

/// Checks a name or a scope. The setting of API keys separates them by spaces and `;`.
fn word(subject: &str, text: &str) -> Result<String, String> {
    let is_word = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != ';';
    match text.chars().all(is_word) && (1..=MAX_NAME).contains(&text.chars().count()) {
        true => Ok(text.to_owned()),
        false => Err(format!("{subject} must have 1 to {MAX_NAME} characters, without spaces and `;`")),
    }
}

/// Parses the lifetime of a key.
fn lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = parse::duration(text).map_err(|fault| format!("the duration `{text}` {fault}"))?;
    match (Duration::from_secs(1)..=MAX_LIFETIME).contains(&lifetime) {
        true => Ok(lifetime),
        false => Err("the duration must be from 1s to 3650d".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[&str]) -> Result<Command, String> {
        Command::parse(&text.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_key_has_a_name_scopes_a_lifetime_an_operator_and_a_reason() {
        let words =
            ["issue", "office-1", "read", "write", "for", "90d", "by", "user@example.com", "reason", "a new office"];
        let Command::Issue(grant) = parse(&words).unwrap() else { panic!("not a grant") };
        assert_eq!((grant.name.as_str(), grant.scopes), ("office-1", vec!["read".to_owned(), "write".to_owned()]));
        assert_eq!(grant.lifetime, Some(Duration::from_secs(90 * 86_400)));
        assert_eq!(grant.note, Note { operator: "user@example.com".to_owned(), reason: "a new office".to_owned() });
        let Command::Issue(grant) = parse(&["issue", "office-1"]).unwrap() else { panic!("not a grant") };
        assert_eq!((grant.scopes, grant.lifetime, grant.note), (vec![], None, Note::default()));
    }

    #[test]
    fn other_commands_have_their_own_arguments() {
        let revoke = Command::Revoke { key: "0a1b".to_owned(), note: Note::default() };
        assert_eq!(parse(&["revoke", "0a1b"]), Ok(revoke));
        let list = |all, name: Option<&str>| Ok(Command::List { all, name: name.map(str::to_owned) });
        assert_eq!(parse(&["list"]), list(false, None));
        assert_eq!(parse(&["list", "all"]), list(true, None));
        assert_eq!(parse(&["list", "of", "office-1"]), list(false, Some("office-1")));
        assert_eq!(parse(&["list", "all", "of", "office-1"]), list(true, Some("office-1")));
        assert_eq!(parse(&[]), Ok(Command::Help));
    }

    #[test]
    fn a_wrong_command_is_refused_with_a_message_that_says_what_to_write() {
        let scopes: Vec<String> = (0..101).map(|number| format!("scope-{number}")).collect();
        let mut many = vec!["issue", "office-1"];
        many.extend(scopes.iter().map(String::as_str));
        for (words, message) in [
            (&["delete"][..], "`keys delete` is not a command"),
            (&["issue"], "the name of the caller is missing"),
            (&["issue", ""], "the name must have 1 to 200 characters"),
            (&["issue", "office 1"], "the name must have 1 to 200 characters, without spaces"),
            (&["issue", "office-1", "read;write"], "a scope must have"),
            (&["issue", "office-1", "for", "3651d"], "the duration must be from 1s to 3650d"),
            (&["issue", "office-1", "for", "soon"], "the duration `soon` must be a duration such as"),
            (&["issue", "office-1", "reason", "a\nb"], "the reason must be one line"),
            (&many, "a key must have at most 100 scopes"),
            (&["revoke"], "the key, as `keys list` prints it, is missing"),
            (&["revoke", "0a1b", "2c3d"], "`2c3d` is not expected here"),
            (&["list", "none"], "`none` is not expected here"),
            (&["list", "all", "all"], "`all` is not expected here"),
            (&["list", "of"], "the name after `of` is missing"),
        ] {
            let error = parse(words).unwrap_err();
            assert!(error.starts_with(message), "{words:?}: {error}");
        }
    }
}
