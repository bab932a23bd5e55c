//! The check of the envelope of an event: the JSON object that a webhook with `x-event` sends.

use serde_json::json;

use crate::diagnostic::Diagnostic;
use crate::model::SchemaId;
use crate::model::schema::{Format, Kind, ObjectShape, Property, Schemas};
use crate::source::Span;

use super::builder::Builder;
use super::default::mismatch;
use super::event::DeclaredEvent;

/// The properties of an envelope, which platforms write into each event.
const MEMBERS: [&str; 5] = ["id", "type", "aggregateId", "timestamp", "data"];

/// The schemas of the parts of an envelope whose types the contract chooses.
pub(super) struct EventEnvelope {
    /// The schema of the id of the aggregate.
    pub(super) aggregate_id: SchemaId,
    /// The schema of the data.
    pub(super) data: SchemaId,
}

impl Builder<'_, '_> {
    /// Returns the schemas in the envelope of an event, and reports an envelope that a platform cannot write.
    pub(super) fn event_envelope(&mut self, event: &DeclaredEvent) -> Option<EventEnvelope> {
        let faults = match event.payload.map(|payload| (payload, self.schemas.kind(payload))) {
            Some((payload, Kind::Object(object))) => {
                let faults = faults(&self.schemas, event, payload, object);
                if faults.is_empty() {
                    let member = |name: &str| property(object, name).map(|member| member.schema);
                    return Some(EventEnvelope { aggregate_id: member("aggregateId")?, data: member("data")? });
                }
                faults
            }
            Some((payload, _)) => {
                let at = self.schemas.get(payload).span;
                vec![fault(event, at, format!("the payload of the event `{}` is not an object", event.name))]
            }
            None => {
                let message = format!("the event `{}` has no JSON request body", event.name);
                vec![Diagnostic::error("event-envelope", event.span, message).label("needs an envelope").help(EXAMPLE)]
            }
        };
        faults.into_iter().for_each(|fault| self.report(fault));
        None
    }
}

/// The help for an event without a usable envelope.
const EXAMPLE: &str = "the request body is an object that requires `id`, `type`, `aggregateId`, `timestamp` and `data`";

/// Returns the faults of an envelope.
fn faults(schemas: &Schemas, event: &DeclaredEvent, payload: SchemaId, object: &ObjectShape) -> Vec<Diagnostic> {
    let at = schemas.get(schemas.target(payload)).span;
    let mut faults = Vec::new();
    for name in MEMBERS {
        let said = match property(object, name) {
            None => format!("the envelope of the event `{}` has no property `{name}`", event.name),
            Some(member) if !member.required => {
                format!("the envelope of the event `{}` does not require `{name}`", event.name)
            }
            Some(member) => {
                faults.extend(member_fault(schemas, event, member));
                continue;
            }
        };
        faults.push(fault(event, at, said));
    }
    let others = object.properties.iter().filter(|member| member.required && !MEMBERS.contains(&member.name.as_str()));
    for member in others {
        let name = member.name.replace('`', "'");
        let said = format!("the envelope of the event `{}` requires `{name}`, which no event has", event.name);
        let report = fault(event, schemas.get(member.schema).span, said);
        faults.push(report.help("move the property into `data`, or remove it from `required`"));
    }
    faults
}

fn property<'o>(object: &'o ObjectShape, name: &str) -> Option<&'o Property> {
    object.properties.iter().find(|property| property.name == name)
}

/// Returns the fault of one property of an envelope, if its values are not those that platforms write.
fn member_fault(schemas: &Schemas, event: &DeclaredEvent, member: &Property) -> Option<Diagnostic> {
    let at = schemas.get(member.schema).span;
    let kind = schemas.kind(member.schema);
    let said = |what: &str| fault(event, at, format!("`{}` of the event `{}` {what}", member.name, event.name));
    match (member.name.as_str(), kind) {
        ("data", _) => None,
        ("type", Kind::Strings(names)) if !names.open && names.values == [event.name.clone()] => None,
        ("type", Kind::Strings(names)) if names.values.len() == 1 && !names.open => {
            let other = names.values[0].replace('`', "'");
            Some(
                said(&format!("is `{other}`")).help(format!("declare `const: {0}`, or rename the webhook", event.name)),
            )
        }
        ("type", _) => Some(said("is not constant").help(format!("declare `const: {}`", event.name))),
        ("id", Kind::String(shape)) => match &shape.format {
            Format::Id(prefix) if prefix != "evt" => {
                Some(said(&format!("has the prefix `{prefix}`")).help("ids of events have the prefix `evt`"))
            }
            _ => mismatch(schemas, member.schema, &json!("evt_01jdxk3v8te8wbxqy9q3h2m5n7")).map(|mismatch| {
                said("does not accept the ids of events")
                    .note(format!("`evt_01jdxk3v8te8wbxqy9q3h2m5n7`: {}", mismatch.why))
            }),
        },
        ("timestamp", Kind::String(shape)) if matches!(shape.format, Format::DateTime | Format::Plain) => {
            mismatch(schemas, member.schema, &json!("2026-01-31T12:30:00.123456Z")).map(|mismatch| {
                said("does not accept times").note(format!("`2026-01-31T12:30:00.123456Z`: {}", mismatch.why))
            })
        }
        ("timestamp", _) => Some(said("is not a time").help("declare `type: string` and `format: date-time`")),
        (_, Kind::String(_) | Kind::Strings(_)) => None,
        _ => Some(said("is not a string").help("declare `type: string`")),
    }
}

/// Creates the report of a fault in the envelope of an event.
fn fault(event: &DeclaredEvent, at: Span, message: String) -> Diagnostic {
    let report = Diagnostic::error("event-envelope", at, message).label("not the envelope of an event");
    report.also(event.span, "event").help(EXAMPLE)
}
