//! The functions by which generated code writes the data of events, and reads it again.

use std::error::Error;
use std::fmt;

use bytes::Bytes;

use super::{Event, EventId, EventType, NewEvent, Outbox, StoredEvent};
use crate::json::{Read, Reader, Write, Writer};
use crate::validate::violation::Violations;

/// The greatest size of the data of an event as JSON, in bytes. Stores and webhooks carry it in one piece.
pub const MAX_EVENT_DATA: usize = 256 * 1024;

/// The greatest length of the id of an aggregate, in bytes.
const LONGEST_ID: usize = 200;

/// The number of violations that the message of an [`InvalidEvent`] contains.
const SHOWN_VIOLATIONS: usize = 5;

/// An event whose type or data the contract does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidEvent {
    event_type: String,
    reason: String,
}

impl InvalidEvent {
    /// Creates the error for an event of a type that the contract does not declare.
    pub fn unknown(event_type: &str) -> InvalidEvent {
        InvalidEvent::new(event_type, "the contract declares no such event")
    }

    fn new(event_type: &str, reason: impl Into<String>) -> InvalidEvent {
        InvalidEvent { event_type: event_type.to_owned(), reason: reason.into() }
    }

    fn of_violations(event_type: &str, violations: &Violations) -> InvalidEvent {
        let shown = violations.list.iter().take(SHOWN_VIOLATIONS).map(|one| match one.field.as_str() {
            "" => one.message.to_string(),
            field => format!("`{field}` {}", one.message),
        });
        InvalidEvent::new(event_type, shown.collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event `{}` breaks the contract: {}", self.event_type, self.reason)
    }
}

impl Error for InvalidEvent {}

/// The reason why an event was not published. The business transaction must be rolled back.
#[derive(Debug)]
pub enum PublishError<E> {
    /// The data or the id of the aggregate breaks the contract.
    Invalid(InvalidEvent),
    /// The outbox did not accept the event.
    Outbox(E),
}

impl<E: fmt::Display> fmt::Display for PublishError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PublishError::Invalid(invalid) => invalid.fmt(f),
            PublishError::Outbox(cause) => write!(f, "the outbox did not accept the event: {cause}"),
        }
    }
}

impl<E: Error + 'static> Error for PublishError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            PublishError::Invalid(_) => None,
            PublishError::Outbox(cause) => Some(cause),
        }
    }
}

/// Writes an event to an outbox within the transaction. Generated publishers call it.
///
/// The data is read again by `read` before it is stored, so that what is published can be consumed.
///
/// # Errors
///
/// Returns an error if the data breaks its schema, or if the outbox does not accept the event.
pub async fn publish<O: Outbox, D: Write>(
    outbox: &O,
    transaction: &mut O::Transaction,
    event_type: &'static EventType,
    aggregate_id: &impl Write,
    data: &D,
    read: impl FnOnce(&mut Reader<'_>) -> Option<D>,
) -> Result<EventId, PublishError<O::Error>> {
    let event = encode(event_type, aggregate_id, data, read).map_err(PublishError::Invalid)?;
    outbox.append(transaction, event).await.map_err(PublishError::Outbox)
}

/// Returns an event as an outbox takes it, after the check of its parts.
fn encode<D: Write>(
    event_type: &'static EventType,
    aggregate_id: &impl Write,
    data: &D,
    read: impl FnOnce(&mut Reader<'_>) -> Option<D>,
) -> Result<NewEvent, InvalidEvent> {
    let name = event_type.name;
    let id = json(name, aggregate_id)?;
    let aggregate_id = String::read(&mut Reader::json(&id)).filter(|id| (1..=LONGEST_ID).contains(&id.len()));
    let bad_id =
        || InvalidEvent::new(name, format!("the id of the aggregate must be a text of 1 to {LONGEST_ID} bytes"));
    let aggregate_id = aggregate_id.ok_or_else(bad_id)?;
    let data = json(name, data)?;
    if data.len() > MAX_EVENT_DATA {
        return Err(InvalidEvent::new(name, format!("the data has more than {MAX_EVENT_DATA} bytes")));
    }
    checked(name, &data, read)?;
    Ok(NewEvent { event_type, aggregate_id, data: Bytes::from(data) })
}

fn json(event_type: &str, value: &impl Write) -> Result<Vec<u8>, InvalidEvent> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish().map_err(|cause| InvalidEvent::new(event_type, cause.to_string()))
}

/// Reads data by a function of its schema, and collects all violations.
fn checked<D>(
    event_type: &str,
    data: &[u8],
    read: impl FnOnce(&mut Reader<'_>) -> Option<D>,
) -> Result<D, InvalidEvent> {
    let mut reader = Reader::json(data);
    let value = read(&mut reader);
    reader.finish();
    let violations = reader.into_violations();
    match value {
        Some(value) if violations.list.is_empty() => Ok(value),
        _ => Err(InvalidEvent::of_violations(event_type, &violations)),
    }
}

impl StoredEvent {
    /// Returns the event with its data, which `read` reads by its schema. Generated code calls it.
    ///
    /// # Errors
    ///
    /// Returns an error if the data does not match its schema.
    pub fn read<D>(&self, read: impl FnOnce(&mut Reader<'_>) -> Option<D>) -> Result<Event<D>, InvalidEvent> {
        checked(&self.event_type, &self.data, read).map(|data| self.with_data(data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::rules::IntegerRule;

    const COUNTED: EventType = EventType { name: "counted", aggregate: "counter", version: 1, internal: false };

    fn count(r: &mut Reader<'_>) -> Option<i32> {
        r.int32(&IntegerRule { max: Some(9), ..IntegerRule::NONE })
    }

    #[test]
    fn data_that_breaks_its_schema_is_not_published() {
        let event = encode(&COUNTED, &"ctr_1".to_owned(), &7, count).expect("valid data");
        assert_eq!((event.aggregate_id.as_str(), &event.data[..]), ("ctr_1", &b"7"[..]));
        let error = encode(&COUNTED, &"ctr_1".to_owned(), &10, count).unwrap_err();
        assert_eq!(error.to_string(), "the event `counted` breaks the contract: must be at most 9");
    }

    #[test]
    fn an_aggregate_needs_an_id_and_data_has_a_greatest_size() {
        for id in [String::new(), "x".repeat(201)] {
            let error = encode(&COUNTED, &id, &7, count).unwrap_err();
            assert!(error.to_string().ends_with("must be a text of 1 to 200 bytes"), "{error}");
        }
        let large = "x".repeat(MAX_EVENT_DATA);
        let error = encode(&COUNTED, &"ctr_1".to_owned(), &large, String::read).unwrap_err();
        assert!(error.to_string().ends_with("more than 262144 bytes"), "{error}");
    }

    #[test]
    fn stored_data_that_breaks_its_schema_is_an_error_with_its_field() {
        let stored = |data: &'static str| StoredEvent {
            id: EventId::generate(),
            event_type: "counted".to_owned(),
            aggregate_id: "ctr_1".to_owned(),
            timestamp: chrono::Utc::now(),
            data: Bytes::from_static(data.as_bytes()),
        };
        assert_eq!(stored("7").read(count).map(|event| event.data), Ok(7));
        for (data, reason) in [("70", "must be at most 9"), ("7 7", "is not valid JSON"), ("", "is not valid JSON")] {
            let error = stored(data).read(count).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn the_cause_of_an_event_that_was_not_published_is_shown() {
        let invalid = encode(&COUNTED, &"ctr_1".to_owned(), &10, count).unwrap_err();
        let refused = PublishError::<std::io::Error>::Invalid(invalid.clone());
        assert_eq!(refused.to_string(), invalid.to_string());
        assert!(refused.source().is_none());
        let full = PublishError::Outbox(std::io::Error::other("the table is full"));
        assert_eq!(full.to_string(), "the outbox did not accept the event: the table is full");
        assert_eq!(full.source().map(ToString::to_string).as_deref(), Some("the table is full"));
    }
}
