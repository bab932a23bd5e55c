//! The upgrade of a parameter with `in: body` to a request body, and the media types of a body.

use super::Upgrade;
use super::create::{key, object};
use super::media_types::{MediaType, same};
use super::operation::Listed;
use super::weight::TEXT_PER_NODE;
use crate::document::node::{Key, Node, Object, Value};
use crate::source::Span;

impl<'d> Upgrade<'d, '_> {
    /// Returns the request body for a parameter of an operation that consumes the given media types.
    ///
    /// A reference to a shared body is kept if the operation consumes what the document does.
    pub(super) fn body_of(&mut self, listed: Listed<'d>, consumes: &[MediaType]) -> Node {
        let shared = listed.element.get("$ref").is_some();
        match listed.parameter.as_object() {
            Some(_) if shared && same(consumes, &self.consumes) => self.node(listed.element),
            // A copy of a shared body has the span of the reference to it, so that no other reference leads to it.
            Some(parameter) => {
                let body = self.request_body(listed.parameter, parameter, consumes);
                Node { span: listed.element.span, ..body }
            }
            None => listed.parameter.clone(),
        }
    }

    /// Returns the request body for a parameter with `in: body`.
    pub(super) fn request_body(&mut self, node: &'d Node, parameter: &'d Object, consumes: &[MediaType]) -> Node {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (name, value) in parameter {
            if name.name == "description" || name.name == "required" || name.name.starts_with("x-") {
                entries.push(self.entry(name, value));
            }
        }
        let schema = match (parameter.get("schema"), parameter.contains_key("type")) {
            (Some(schema), _) => Some(self.node(schema)),
            // The check has reported a body whose type stands beside `in`, as for other parameters.
            (None, true) => Some(self.described(node, parameter, "body").schema),
            (None, false) => None,
        };
        let span = parameter.key_span("schema").unwrap_or(node.span);
        let content = self.content(consumes, "application/json", span, schema);
        entries.push((key(span, "content"), content));
        object(node.span, entries)
    }

    /// Returns the `content` of a body: the schema for each media type, or for an assumed one if there is none.
    pub(super) fn content(
        &mut self,
        media_types: &[MediaType],
        assumed: &str,
        span: Span,
        mut schema: Option<Node>,
    ) -> Node {
        let assumed = [MediaType { name: assumed.to_owned(), span }];
        let media_types = if media_types.is_empty() { &assumed } else { media_types };
        let mut content: Vec<(Key, Node)> = Vec::new();
        for (at, media) in media_types.iter().enumerate() {
            if !self.spend(1 + media.name.len() / TEXT_PER_NODE, media.span) {
                break;
            }
            let schema = match at + 1 == media_types.len() {
                true => schema.take(),
                false => schema.as_ref().map(|schema| self.copy(schema)),
            };
            let fields = schema.map(|schema| (key(span, "schema"), schema));
            content.push((key(media.span, &media.name), object(media.span, fields)));
        }
        object(span, content)
    }
}

/// Adds a field to the object of each media type in a `content` for which the closure returns one.
pub(super) fn add(content: &mut Node, field: impl Fn(&str) -> Option<(Key, Node)>) {
    let Value::Object(media_types) = &mut content.value else { return };
    for (name, media) in media_types.entries_mut() {
        if let Value::Object(media) = &mut media.value
            && let Some((key, value)) = field(&name.name)
        {
            // The upgrade has created the object without such a field.
            let _ = media.insert(key, value);
        }
    }
}
