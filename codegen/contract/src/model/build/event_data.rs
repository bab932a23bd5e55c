//! The checks of the data of an event: consumers read what publishers write, also in earlier versions.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::model::SchemaId;
use crate::model::schema::{Additional, Kind, Schemas};

use super::builder::Builder;
use super::compatible::breaches;
use super::event::DeclaredEvent;

/// The number of breaches of compatibility that are reported for one earlier schema.
const MOST_BREACHES: usize = 10;

impl Builder<'_, '_> {
    /// Reports data that consumers could not read: properties of one direction only, and earlier schemas whose values
    /// the present schema does not accept.
    pub(super) fn check_event_data(&mut self, event: &DeclaredEvent, data: SchemaId) {
        for id in reachable(&self.schemas, data) {
            let schema = self.schemas.get(id);
            let keyword = match (schema.read_only, schema.write_only) {
                (false, false) => continue,
                (true, _) => "readOnly",
                (_, true) => "writeOnly",
            };
            let message = format!("the data of the event `{}` has a property that is `{keyword}`", event.name);
            let report = Diagnostic::error("event-data", schema.span, message).label("not in both directions");
            let report = report.also(event.span, "event");
            self.report(report.help("services publish and consume events: declare a schema for the event's data"));
        }
        for (span, earlier) in &event.earlier {
            for breach in breaches(&self.schemas, data, *earlier).into_iter().take(MOST_BREACHES) {
                let place = if breach.path.is_empty() { String::new() } else { format!(" at `{}`", breach.path) };
                let message =
                    format!("the data of the event `{}` is not compatible{place}: {}", event.name, breach.why);
                let report = Diagnostic::error("incompatible-event", breach.present, message)
                    .label("does not accept all earlier values")
                    .also(*span, "earlier version")
                    .note("stored events of the earlier version could not be read");
                self.report(report.help("accept the earlier values too, or declare a new event"));
            }
        }
    }
}

/// Returns the schemas that a schema contains, and the schema itself.
fn reachable(schemas: &Schemas, start: SchemaId) -> Vec<SchemaId> {
    let (mut next, mut seen, mut found) = (vec![start], HashSet::new(), Vec::new());
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        found.push(id);
        match &schemas.get(id).kind {
            Kind::Alias(target) => next.push(*target),
            Kind::Array(array) => next.push(array.items),
            Kind::Union(union) => next.extend(&union.branches),
            Kind::Object(object) => {
                next.extend(object.properties.iter().map(|property| property.schema));
                if let Additional::Kept(schema) = object.additional {
                    next.push(schema);
                }
            }
            _ => {}
        }
    }
    found
}
