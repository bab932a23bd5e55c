//! The items of sequential media types (`itemSchema`): JSON lines, JSON text sequences, server-sent events and parts.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Key, Node};
use crate::model::SchemaId;
use crate::model::operation::{Content, ContentKind, Operation, essence};
use crate::model::schema::{Kind, Schemas};
use crate::model::stream::{describes_event, is_event_stream};

use super::builder::Builder;
use super::node_fields::{elements, string};
use super::response::kind_of;

impl<'d> Builder<'d, '_> {
    /// Returns the schema of the items of a body with a sequential media type (`itemSchema`).
    ///
    /// Reports an `itemSchema` that has no effect, since the media type has no items.
    pub(super) fn items(&mut self, key: &Key, media: &'d Node, kind: ContentKind) -> Option<SchemaId> {
        let items = media.get("itemSchema")?;
        let span = media.as_object().and_then(|media| media.key_span("itemSchema")).unwrap_or(items.span);
        if !matches!(kind, ContentKind::Stream | ContentKind::Multipart) {
            let message = format!("`itemSchema` has no effect: `{}` is not a sequence of items", key.name);
            let report = self.remark("items-without-effect", span, message);
            let report = report.label("ignored (OpenAPI 3.2.0 § 4.14.2)");
            self.report(report.help("use `schema`, or a media type such as `application/jsonl`"));
            return None;
        }
        if essence(&key.name) == "text/event-stream" {
            self.find_event_data(items);
        }
        Some(self.schema(items))
    }

    /// Records the strings in the property `data` of an event whose content is JSON with a schema (`contentSchema`).
    ///
    /// The data of an event is text, so a value in it is typed by its content (OpenAPI 3.2.0, section 4.14.4).
    fn find_event_data(&mut self, items: &'d Node) {
        let (mut pending, mut seen) = (vec![items], HashSet::new());
        while let Some(node) = pending.pop() {
            if !seen.insert(node.span) {
                continue;
            }
            if let Some(data) = node.get("properties").and_then(|all| all.get("data"))
                && let Some(target) = self.follow(data)
                && let Some(content) = json_content(data).or_else(|| json_content(target))
            {
                self.event_data.insert(target.span, content);
                self.event_data.insert(data.span, content);
            }
            // Since OpenAPI 3.1, a schema can have compositions beside its reference.
            pending.extend(self.follow_while(node, |_| false));
            pending.extend(["oneOf", "anyOf", "allOf"].iter().flat_map(|keyword| elements(node.get(keyword))));
        }
    }

    /// Returns the schema of a property that holds the data of an event, if the data is JSON with a schema.
    pub(super) fn event_data(&mut self, nodes: &[&'d Node]) -> Option<SchemaId> {
        let content = nodes.iter().find_map(|node| self.event_data.get(&node.span).copied())?;
        Some(self.schema(content))
    }
}

/// Returns the schema of the JSON in a string; `None` if the string does not hold JSON, or holds a string as JSON.
fn json_content(node: &Node) -> Option<&Node> {
    let media_type = string(node, "contentMediaType")?;
    let content = node.get("contentSchema").filter(|_| kind_of(&media_type) == Some(ContentKind::Json))?;
    (content.get("type").and_then(Node::as_str) != Some("string")).then_some(content)
}

/// Reports sequences that are not checked completely, after all schemas are known.
pub(super) fn check(operations: &[Operation], schemas: &Schemas, diagnostics: &mut Diagnostics) {
    let requests = operations.iter().flat_map(|operation| &operation.body).flat_map(|body| &body.content);
    let responses = operations.iter().flat_map(|operation| &operation.responses);
    for content in requests.chain(responses.flat_map(|response| &response.content)) {
        let Some(items) = content.items else { continue };
        if content.schema.is_some() && content.kind == ContentKind::Stream {
            diagnostics.push(
                Diagnostic::info(
                    "unchecked-sequence",
                    content.span,
                    "the schema of the complete sequence is not checked",
                )
                .label("each item is checked against `itemSchema`")
                .note("the items are passed on one by one, so no one has the complete sequence")
                .help("check rules such as `maxItems` in the handler"),
            );
        }
        if is_event_stream(content) && !describes_event(schemas, items) && !matches!(schemas.kind(items), Kind::Any) {
            diagnostics.push(event_without_fields(content));
        }
    }
}

fn event_without_fields(content: &Content) -> Diagnostic {
    let message = "the `itemSchema` does not describe an event with `data`, `event`, `id` or `retry`";
    Diagnostic::warning("event-without-fields", content.span, message)
        .label("treated as the schema of the data (OpenAPI 3.2.0 § 4.14.4)")
        .help("describe an object with these properties; for JSON data, use `contentMediaType` and `contentSchema`")
}
