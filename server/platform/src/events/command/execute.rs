//! The execution of the subcommand `events`.

use std::collections::BTreeSet;

use writ_runtime::event::EventId;

use super::table::{self, HeldEvent};
use super::{Command, USAGE};
use crate::BoxError;
use crate::events::relay::groups;
use crate::events::{RegisteredConsumer, RegisteredOutbox};
use crate::operator::{self, suggestion, time};
use crate::platform::Platform;

/// Runs the subcommand `events` of a service, and returns the text that it prints.
///
/// # Errors
/// Returns an error if the command is not valid, if the service has no consumers, or if the database is unavailable.
pub(crate) async fn run(platform: &Platform, arguments: &[String]) -> Result<String, BoxError> {
    let command = Command::parse(arguments)?;
    let consumers = &platform.0.consumers;
    let needs_consumers = !matches!(command, Command::Help | Command::Forget { .. });
    if needs_consumers && consumers.is_empty() {
        return Err("this service has no consumers of events".into());
    }
    match command {
        Command::Help => Ok(USAGE.to_owned()),
        Command::Forget { consumer } => forget(&platform.0.outboxes, &consumer).await,
        Command::List { consumer } => list(&selected(consumers, consumer.as_deref())?).await,
        Command::Show { event } => show(consumers, event).await,
        Command::Replay { event, consumer } => replay(&selected(consumers, consumer.as_deref())?, event).await,
        Command::Drop { event, consumer, mut note } => {
            note.name_operator(&std::env::var("USER").unwrap_or_default());
            let holding = holding(&selected(consumers, consumer.as_deref())?, event).await?;
            let [consumer] = &holding[..] else { return Err(ambiguous(&holding, event).into()) };
            match table::discard(&consumer.pool, &consumer.name, event, &note).await? {
                true => Ok(format!("dropped {event}; {} continues with the later events", consumer.name)),
                false => Err(format!("{event} was handled in the meantime").into()),
            }
        }
    }
}

/// Returns the consumers with a name, or all of them.
fn selected<'a>(
    consumers: &'a [RegisteredConsumer],
    name: Option<&str>,
) -> Result<Vec<&'a RegisteredConsumer>, BoxError> {
    let Some(name) = name else { return Ok(consumers.iter().collect()) };
    let found: Vec<_> = consumers.iter().filter(|consumer| consumer.name == name).collect();
    if found.is_empty() {
        let names: Vec<&str> = consumers.iter().map(|consumer| consumer.name.as_str()).collect();
        let hint = suggestion(name, names.iter().copied());
        return Err(format!("no consumer is named `{name}`{hint}; the consumers are {}", names.join(", ")).into());
    }
    Ok(found)
}

async fn list(consumers: &[&RegisteredConsumer]) -> Result<String, BoxError> {
    let headers = ["EVENT", "CONSUMER", "TYPE", "AGGREGATE", "STATE", "ATTEMPTS", "WAITING", "CREATED", "ERROR"];
    let mut rows = vec![headers.map(str::to_owned)];
    for consumer in consumers {
        rows.extend(table::list(&consumer.pool, &consumer.name, None).await?.iter().map(|event| {
            [
                event.id.to_string(),
                consumer.name.clone(),
                event.event_type.clone(),
                event.aggregate_id.clone(),
                state(event),
                event.attempts.to_string(),
                event.waiting.to_string(),
                time(event.created_at),
                line(&event.error),
            ]
        }));
    }
    match rows.len() {
        1 => Ok("no events are held back".to_owned()),
        _ => Ok(operator::table(&rows)),
    }
}

async fn show(consumers: &[RegisteredConsumer], id: EventId) -> Result<String, BoxError> {
    let mut found = Vec::new();
    for consumer in consumers {
        for event in table::list(&consumer.pool, &consumer.name, Some(id)).await? {
            found.push(description(&consumer.name, &event));
        }
    }
    match found.is_empty() {
        true => Err(format!("no consumer of this service holds {id} back; `events list` prints the events").into()),
        false => Ok(found.join("\n\n")),
    }
}

async fn replay(consumers: &[&RegisteredConsumer], event: Option<EventId>) -> Result<String, BoxError> {
    let mut count = 0;
    for consumer in consumers {
        count += table::replay(&consumer.pool, &consumer.name, event).await?;
    }
    match (count, event) {
        (0, Some(event)) => Err(format!("{event} is not parked; `events list` prints the events that are").into()),
        (0, None) => Ok("no events are parked".to_owned()),
        (1, _) => Ok("1 event is handled again at once".to_owned()),
        _ => Ok(format!("{count} events are handled again at once")),
    }
}

/// Removes a consumer that is not running from the streams of all outboxes.
async fn forget(outboxes: &[RegisteredOutbox], name: &str) -> Result<String, BoxError> {
    let (mut known, mut is_found) = (BTreeSet::new(), false);
    for outbox in outboxes {
        for group in groups::known(&outbox.pool).await.map_err(operator::explained)? {
            if group.name == name && group.is_running {
                return Err(format!("the consumer `{name}` is running: stop it first, and wait for a minute").into());
            }
            is_found |= group.name == name;
            known.insert(group.name);
        }
    }
    if !is_found {
        let hint = suggestion(name, known.iter().map(String::as_str));
        return Err(format!("no outbox of this service knows a consumer named `{name}`{hint}").into());
    }
    for outbox in outboxes {
        groups::remove(&outbox.pool, &outbox.redis, &[name.to_owned()]).await?;
    }
    Ok(format!("forgot the consumer `{name}`: the streams keep no events for it"))
}

/// Returns the consumers that hold an event back.
async fn holding<'a>(
    consumers: &[&'a RegisteredConsumer],
    event: EventId,
) -> Result<Vec<&'a RegisteredConsumer>, BoxError> {
    let mut found = Vec::new();
    for consumer in consumers {
        if !table::list(&consumer.pool, &consumer.name, Some(event)).await?.is_empty() {
            found.push(*consumer);
        }
    }
    Ok(found)
}

/// Returns the error of a command for an event that not exactly one consumer holds back.
fn ambiguous(holding: &[&RegisteredConsumer], event: EventId) -> String {
    if holding.is_empty() {
        return format!("no consumer holds {event} back; `events list` prints the events");
    }
    let names: Vec<&str> = holding.iter().map(|consumer| consumer.name.as_str()).collect();
    format!("several consumers hold {event} back: choose one with `of`: {}", names.join(", "))
}

fn state(event: &HeldEvent) -> String {
    match event.parked_at {
        Some(_) => "parked".to_owned(),
        None => format!("due {}", time(event.due_at)),
    }
}

/// Returns a text as one line, so that it fits into a table.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect()
}

/// Returns all that is known of a held-back event.
fn description(consumer: &str, event: &HeldEvent) -> String {
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    [
        ("event", event.id.to_string()),
        ("consumer", consumer.to_owned()),
        ("type", event.event_type.clone()),
        ("aggregate", format!("{} {}", event.aggregate, event.aggregate_id)),
        ("created", time(event.created_at)),
        ("state", state(event)),
        ("attempts", event.attempts.to_string()),
        ("waiting behind it", event.waiting.to_string()),
        ("request", optional(&event.request_id)),
        ("trace", optional(&event.trace_parent)),
        ("error", event.error.clone()),
        ("data", event.data.clone()),
    ]
    .map(|(name, value)| format!("{name}: {value}"))
    .join("\n")
}
