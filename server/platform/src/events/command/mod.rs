//! The subcommand `events`: operators list, inspect, repeat or drop events that consumers hold back.

mod execute;
mod table;

use writ_runtime::event::EventId;

pub(crate) use execute::run;
#[cfg(test)]
pub(super) use table::STATEMENTS;

use crate::operator::{Note, Words};

/// The description of the subcommand, without the name of the program.
pub(crate) const USAGE: &str = "\
events list [CONSUMER]
events show EVENT
events replay EVENT|all [of CONSUMER]
events drop EVENT [of CONSUMER] [by NAME] [reason TEXT]
events forget CONSUMER

EVENT         the id of an event, as `events list` prints it: evt_…
CONSUMER      the name of a consumer; without it, all consumers of the service
replay        handle a parked event again; `all` replays every parked event
drop          never handle the event; the later events of its aggregate continue
forget        let the streams no longer keep events for a consumer that does not exist any more
by NAME       the operator; the default is the variable USER
reason TEXT   the reason, at most 500 characters";

/// A command of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Command {
    /// Prints the events that are held back.
    List { consumer: Option<String> },
    /// Prints an event with its data.
    Show { event: EventId },
    /// Lets parked events continue: one, or all.
    Replay { event: Option<EventId>, consumer: Option<String> },
    /// Removes an event without handling it.
    Drop { event: EventId, consumer: Option<String>, note: Note },
    /// Removes a consumer that does not exist any more from the streams.
    Forget { consumer: String },
    /// Prints the usage.
    Help,
}

impl Command {
    /// Parses the arguments after `events`.
    ///
    /// # Errors
    /// Returns a message that says what is wrong and what the command expects.
    fn parse(arguments: &[String]) -> Result<Command, String> {
        let mut words = Words::new(arguments, USAGE);
        let command = match words.next() {
            None | Some("help" | "--help" | "-h") => return Ok(Command::Help),
            Some("list") => Command::List { consumer: words.next().map(str::to_owned) },
            Some("show") => Command::Show { event: event(&mut words)? },
            Some("forget") => Command::Forget { consumer: words.required("the name of a consumer")?.to_owned() },
            Some("replay") => return replay(&mut words),
            Some("drop") => return drop_event(&mut words),
            Some(other) => return Err(format!("`events {other}` is not a command; the commands are:\n\n{USAGE}")),
        };
        words.end()?;
        Ok(command)
    }
}

fn replay(words: &mut Words<'_>) -> Result<Command, String> {
    let event = match words.required("the id of an event, or `all`,")? {
        "all" => None,
        id => Some(parse_id(id)?),
    };
    let mut consumer = None;
    while let Some(word) = words.next() {
        match word {
            "of" => consumer = Some(words.required("the name of a consumer after `of`")?.to_owned()),
            other => return Err(unexpected(other)),
        }
    }
    Ok(Command::Replay { event, consumer })
}

fn drop_event(words: &mut Words<'_>) -> Result<Command, String> {
    let event = event(words)?;
    let (mut consumer, mut note) = (None, Note::default());
    while let Some(word) = words.next() {
        if word == "of" {
            consumer = Some(words.required("the name of a consumer after `of`")?.to_owned());
        } else if !words.remark(word, &mut note)? {
            return Err(unexpected(word));
        }
    }
    Ok(Command::Drop { event, consumer, note })
}

fn event(words: &mut Words<'_>) -> Result<EventId, String> {
    parse_id(words.required("the id of an event, as `events list` prints it,")?)
}

fn parse_id(text: &str) -> Result<EventId, String> {
    text.parse().map_err(|_| format!("`{text}` is not the id of an event, which begins with `evt_`"))
}

fn unexpected(word: &str) -> String {
    format!("`{word}` is not expected here; the commands are:\n\n{USAGE}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Command, String> {
        Command::parse(&arguments.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn commands_are_parsed() {
        let event = EventId::generate();
        let (id, consumer) = (event.to_string(), Some("orders".to_owned()));
        assert_eq!(parse(&[]), Ok(Command::Help));
        assert_eq!(parse(&["list"]), Ok(Command::List { consumer: None }));
        assert_eq!(parse(&["list", "orders"]), Ok(Command::List { consumer: consumer.clone() }));
        assert_eq!(parse(&["show", &id]), Ok(Command::Show { event }));
        assert_eq!(parse(&["replay", "all"]), Ok(Command::Replay { event: None, consumer: None }));
        let replay = Command::Replay { event: Some(event), consumer: consumer.clone() };
        assert_eq!(parse(&["replay", &id, "of", "orders"]), Ok(replay));
        assert_eq!(parse(&["forget", "orders"]), Ok(Command::Forget { consumer: "orders".to_owned() }));
        let note = Note { operator: "ada".to_owned(), reason: "INC-812".to_owned() };
        let words = ["drop", &id, "of", "orders", "by", "ada", "reason", "INC-812"];
        assert_eq!(parse(&words), Ok(Command::Drop { event, consumer, note }));
    }

    #[test]
    fn a_wrong_command_is_refused_with_the_reason() {
        for (arguments, message) in [
            (&["remove"][..], "`events remove` is not a command"),
            (&["show"], "the id of an event"),
            (&["show", "usr_01h2xcejqtf2nbrexx3vqjhp41"], "`usr_01h2xcejqtf2nbrexx3vqjhp41` is not the id of an event"),
            (&["list", "orders", "all"], "`all` is not expected here"),
            (&["replay", "all", "orders"], "`orders` is not expected here"),
            (&["replay", "all", "of"], "the name of a consumer after `of` is missing"),
        ] {
            let error = parse(arguments).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
