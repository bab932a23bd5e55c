//! The items of a body that is a sequence: JSON lines, JSON text sequences and server-sent events.

use super::SchemaId;
use super::operation::{Content, ContentKind};
use super::schema::{Kind, Schemas};

/// The typed items of a streamed body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Items {
    /// The schema of each item of the stream.
    pub schema: SchemaId,
    /// The framing of the items in the stream.
    pub framing: Framing,
}

/// The framing of the items of a streamed body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Each item is a line of JSON, or a record of a JSON text sequence (RFC 7464).
    Lines,
    /// Each item is the data of a server-sent event.
    EventData,
    /// Each item is a complete server-sent event, with `data` as a property.
    Events,
}

/// Returns the items of a streamed body: those of `itemSchema`, or else the elements of `schema`.
///
/// If `schema` is not an array, each item matches it. Returns `None` if the items are not described, or only as text;
/// the stream is then one of bytes.
pub fn items(content: &Content, schemas: &Schemas) -> Option<Items> {
    if content.kind != ContentKind::Stream {
        return None;
    }
    if content.items.is_some() {
        return item_schema(content, schemas);
    }
    let whole = content.schema?;
    let schema = match schemas.kind(whole) {
        Kind::Any | Kind::Null | Kind::String(_) | Kind::Strings(_) => return None,
        Kind::Array(array) => array.items,
        _ => whole,
    };
    let framing = match is_event_stream(content) {
        false => Framing::Lines,
        // Before OpenAPI 3.2 the schema of an event stream was that of the data, unless it clearly is one of events.
        true if is_event(schemas, schema, &["data"], 2) => Framing::Events,
        true => Framing::EventData,
    };
    Some(Items { schema, framing })
}

/// Returns the items of a streamed body that `itemSchema` describes; `None` for any other body.
pub fn item_schema(content: &Content, schemas: &Schemas) -> Option<Items> {
    let schema = content.items.filter(|_| content.kind == ContentKind::Stream)?;
    let framing = match is_event_stream(content) {
        false => Framing::Lines,
        true if describes_event(schemas, schema) => Framing::Events,
        true if matches!(schemas.kind(schema), Kind::Any) => return None,
        true => Framing::EventData,
    };
    Some(Items { schema, framing })
}

/// Returns true if a body consists of server-sent events.
pub fn is_event_stream(content: &Content) -> bool {
    content.essence() == "text/event-stream"
}

/// Returns true if a schema describes a server-sent event: an object with only the properties that an event has.
pub fn describes_event(schemas: &Schemas, schema: SchemaId) -> bool {
    is_event(schemas, schema, &[], 1)
}

/// Returns true if a schema describes an event with the properties `needed` and at least `least` properties.
fn is_event(schemas: &Schemas, schema: SchemaId, needed: &[&str], least: usize) -> bool {
    match schemas.kind(schema) {
        Kind::Object(object) => {
            let names = || object.properties.iter().map(|property| property.name.as_str());
            needed.iter().all(|name| names().any(|known| known == *name))
                && names().count() >= least
                && names().all(|name| matches!(name, "data" | "event" | "id" | "retry"))
        }
        Kind::Union(union) => union.branches.iter().all(|branch| {
            !matches!(schemas.kind(*branch), Kind::Union(_)) && is_event(schemas, *branch, needed, least)
        }),
        _ => false,
    }
}
