//! The declarations of domain events: webhooks with `x-event`, and operations that name in `x-events` what they publish.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, closest};
use crate::document::Node;
use crate::model::operation::Operation;
use crate::model::{Event, SchemaId};
use crate::source::{Span, Spanned};

use super::builder::Builder;
use super::node_fields::{elements, string, truth};
use super::outgoing::{is_event, payload};

/// The greatest length of the name of an event and of the name of an aggregate. Stores keep both with each event.
const LONGEST_NAME: usize = 100;

/// The form of the names of events and aggregates, for messages.
const NAME_FORM: &str = "a letter and then at most 99 letters, digits, `.`, `_` and `-`";

/// A webhook with `x-event`, as it is written. Its schemas are not settled yet.
pub(super) struct DeclaredEvent {
    pub(super) name: String,
    /// The span of the event's key in `webhooks`.
    pub(super) span: Span,
    pub(super) aggregate: Option<String>,
    pub(super) version: u32,
    pub(super) internal: bool,
    pub(super) description: Option<String>,
    /// The schema of the JSON request body: the envelope with the data.
    pub(super) payload: Option<SchemaId>,
    /// The schemas of the data in earlier versions, each with the span of its entry in `earlier`.
    pub(super) earlier: Vec<(Span, SchemaId)>,
}

impl<'d> Builder<'d, '_> {
    /// Returns the webhooks with `x-event`. Their schemas are settled later, together with those of the operations.
    pub(super) fn declared_events(&mut self, root: &'d Node) -> Vec<DeclaredEvent> {
        let mut events = Vec::new();
        for (key, item) in root.get("webhooks").and_then(Node::as_object).into_iter().flatten() {
            let Some(item) = self.path_item(item) else { continue };
            for (method_span, node, method) in item.methods().filter(|(_, node, _)| is_event(node)) {
                if method != "POST" {
                    let message = format!("the event `{}` is declared by `{}`", key.name, method.to_ascii_lowercase());
                    let report = Diagnostic::error("bad-event", method_span, message).label("must be `post`");
                    self.report(report.help("an event has one operation: the `post` that delivers it"));
                    continue;
                }
                self.misplaced(node, "x-events", "an event", "an operation under `paths`");
                events.push(self.declared_event(&key.name, key.span, node));
            }
        }
        events
    }

    fn declared_event(&mut self, name: &str, span: Span, node: &'d Node) -> DeclaredEvent {
        let declaration = node.get("x-event").unwrap_or(node);
        if !is_name(name) {
            let message = format!("`{}` is not the name of an event", name.replace('`', "'"));
            let report = Diagnostic::error("bad-event", span, message).label("not a name of an event");
            self.report(report.help(format!("the name is {NAME_FORM}, for example `order.created`")));
        }
        let aggregate = string(declaration, "aggregate");
        if let Some(at) = declaration.get("aggregate").filter(|node| node.as_str().is_some_and(|it| !is_name(it))) {
            let message = format!("`aggregate` of the event `{name}` is not the name of an aggregate");
            let report = Diagnostic::error("bad-event", at.span, message).label("not a name of an aggregate");
            self.report(report.help(format!("the name is {NAME_FORM}, for example `order`")));
        }
        let written = elements(declaration.get("earlier"));
        // A reference without a target is reported while the contract is loaded.
        let known: Vec<&Node> = written.iter().filter(|node| self.follow_schema(node).is_some()).collect();
        let earlier: Vec<(Span, SchemaId)> = known.into_iter().map(|node| (node.span, self.schema(node))).collect();
        DeclaredEvent {
            name: name.to_owned(),
            span,
            aggregate,
            version: self.event_version(name, declaration, written.len()),
            internal: truth(declaration, "internal"),
            description: string(node, "summary").or_else(|| string(node, "description")),
            payload: self.body(node).as_ref().and_then(payload),
            earlier,
        }
    }

    /// Returns the version of an event's data, and reports one that is invalid or contradicts the number of earlier
    /// schemas.
    fn event_version(&mut self, name: &str, declaration: &'d Node, earlier: usize) -> u32 {
        let Some(node) = declaration.get("version") else {
            if earlier > 0 {
                let at = declaration.as_object().and_then(|object| object.key_span("earlier"));
                let message = format!("the event `{name}` has earlier versions, but no `version`");
                let report = Diagnostic::error("bad-event", at.unwrap_or(declaration.span), message);
                let report = report.label("needs `version`").help(format!("declare `version: {}`", earlier + 1));
                self.report(report);
            }
            return 1;
        };
        let Some(version) = node.as_u64() else { return 1 };
        let fits = u32::try_from(version).ok().filter(|version| *version > 0);
        let message = match fits {
            None => format!("`version` of the event `{name}` is {version}"),
            Some(_) if earlier as u64 >= version => {
                format!("the event `{name}` has the version {version} and {earlier} earlier versions")
            }
            Some(version) => return version,
        };
        let report = Diagnostic::error("bad-event", node.span, message).label("not a possible version");
        self.report(
            report.help("versions are counted from 1, and `earlier` lists schemas of versions before this one"),
        );
        1
    }

    /// Returns the names in `x-events` of an operation of the service, and reports `x-event`, which has no effect there.
    pub(super) fn published_events(&mut self, node: &'d Node) -> Vec<Spanned<String>> {
        self.misplaced(node, "x-event", "an operation under `paths`", "the `post` of a webhook");
        elements(node.get("x-events")).iter().filter_map(Node::as_spanned_str).collect()
    }

    /// Reports vendor fields of events on an outgoing operation that is none.
    pub(super) fn no_events(&mut self, node: &'d Node) {
        self.misplaced(node, "x-event", "a callback", "the `post` of a webhook");
        self.misplaced(node, "x-events", "a webhook or callback", "an operation under `paths`");
    }

    fn misplaced(&mut self, node: &'d Node, field: &str, owner: &str, place: &str) {
        let Some(span) = node.as_object().and_then(|object| object.key_span(field)) else { return };
        let message = format!("`{field}` has no effect on {owner}");
        let report = Diagnostic::error("bad-event", span, message).label("ignored");
        self.report(report.help(format!("`{field}` belongs on {place}")));
    }

    /// Reports names in `x-events` that no webhook declares as an event, and repeated names.
    pub(super) fn check_published(&mut self, operations: &[Operation], declared: &[DeclaredEvent]) {
        let names = || declared.iter().map(|event| event.name.as_str());
        for operation in operations {
            let mut seen = HashSet::new();
            for event in &operation.events {
                let name = event.value.replace('`', "'");
                if !names().any(|known| known == event.value) {
                    let message = format!("{} publishes `{name}`, which is not an event", operation.title());
                    let report = Diagnostic::error("unknown-event", event.span, message).label("unknown event");
                    self.report(match closest(&event.value, names()) {
                        Some(close) => report.suggest(self.document.sources.inside_quotes(event.span), close),
                        None => report.help("declare it under `webhooks` as a `post` with `x-event`"),
                    });
                } else if !seen.insert(&event.value) {
                    let message = format!("{} lists the event `{name}` twice", operation.title());
                    let report = self.remark("repeated-event", event.span, message);
                    self.report(report.label("listed before").help("remove it"));
                }
            }
        }
    }

    /// Returns the events of the contract, after all schemas are settled. An event with a mistake is reported and omitted.
    pub(super) fn events(&mut self, declared: Vec<DeclaredEvent>) -> Vec<Event> {
        declared.into_iter().filter_map(|event| self.event(event)).collect()
    }

    fn event(&mut self, declared: DeclaredEvent) -> Option<Event> {
        let envelope = self.event_envelope(&declared)?;
        self.check_event_data(&declared, envelope.data);
        let DeclaredEvent { name, span, description, version, internal, aggregate, .. } = declared;
        let (aggregate_id, data) = (envelope.aggregate_id, envelope.data);
        Some(Event { name, span, description, aggregate: aggregate?, version, internal, aggregate_id, data })
    }
}

/// Returns true if a text can be the name of an event or of an aggregate.
fn is_name(text: &str) -> bool {
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.len() <= LONGEST_NAME
        && text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
        && text.as_bytes().iter().all(is_allowed)
}
