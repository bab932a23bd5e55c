//! The upgrade of responses: the schema and the examples move to the media types that an operation produces.

use std::collections::HashMap;

use super::Upgrade;
use super::body::add;
use super::create::{key, object};
use super::media_types::{MediaType, essence, is_structured, same};
use crate::diagnostic::Diagnostic;
use crate::document::node::{Key, Node, Object};

/// The media type of a file for which a contract declares none.
const BYTES: &str = "application/octet-stream";

impl<'d> Upgrade<'d, '_> {
    /// Returns the responses of an operation that produces the given media types.
    pub(super) fn responses(&mut self, node: &'d Node, produces: &[MediaType]) -> Node {
        let Some(responses) = node.as_object() else { return node.clone() };
        // Each response compares the lists of media types.
        let compared = responses.len().saturating_mul(1 + produces.len() + self.produces.len());
        if !self.spend(compared / 16, node.span) {
            return object(node.span, []);
        }
        let targets: Vec<Option<&'d Node>> = responses.iter().map(|(_, response)| self.follow(response)).collect();
        let described = || targets.iter().flatten().filter_map(|response| response.get("schema"));
        let files = described().any(|schema| self.is_file(schema));
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for ((name, response), target) in responses.iter().zip(targets) {
            let vendor = name.name.starts_with("x-");
            let upgraded = match target.and_then(|target| Some((target, target.as_object()?))) {
                Some(_) if vendor => self.node(response),
                Some((target, object)) if !self.is_shared(response, object, produces, files) => {
                    // A copy of a shared response has the span of the reference to it, as a copy of a body has.
                    Node { span: response.span, ..self.response(target, object, produces, files) }
                }
                _ => self.node(response),
            };
            entries.push((name.clone(), upgraded));
        }
        object(node.span, entries)
    }

    /// Returns true if a response is a reference to a shared one, and the document produces the same media types
    /// for it as the operation.
    fn is_shared(&self, response: &Node, target: &Object, produces: &[MediaType], files: bool) -> bool {
        let file = target.get("schema").is_some_and(|schema| self.is_file(schema));
        let types = |produces: &[MediaType], files| carrying(produces, file, files);
        let equal = same(&types(produces, files), &types(&self.produces, false));
        response.get("$ref").is_some() && (equal || !target.contains_key("schema"))
    }

    /// Returns a response of OpenAPI 3.0. `files` is true if another response of the operation is a file, so that
    /// the operation produces some of its media types for the file only.
    pub(super) fn response(
        &mut self,
        node: &'d Node,
        response: &'d Object,
        produces: &[MediaType],
        files: bool,
    ) -> Node {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (name, value) in response {
            match name.name.as_str() {
                "examples" | "content" | "links" => {}
                "schema" => {
                    let file = self.is_file(value);
                    let types = carrying(produces, file, files);
                    if types.is_empty() && !produces.is_empty() {
                        self.assumed(produces, file);
                    }
                    let assumed = if file { BYTES } else { "application/json" };
                    let schema = Some(self.node(value));
                    let mut content = self.content(&types, assumed, name.span, schema);
                    let examples = self.examples(response);
                    add(&mut content, |name| examples.get(&essence(name)).cloned());
                    entries.push((key(name.span, "content"), content));
                }
                _ => entries.push(self.entry(name, value)),
            }
        }
        object(node.span, entries)
    }

    /// Returns the examples of a response, each by its media type and as a field of a media type object.
    fn examples(&mut self, response: &'d Object) -> HashMap<String, (Key, Node)> {
        let examples = response.get("examples").and_then(Node::as_object).into_iter().flatten();
        let field = |(media, example): (&Key, &'d Node)| {
            (essence(&media.name), (key(media.span, "example"), self.node(example)))
        };
        examples.map(field).collect()
    }

    /// Reports that an operation produces no media type for a response.
    fn assumed(&mut self, produces: &[MediaType], file: bool) {
        let Some(first) = produces.first() else { return };
        let (message, media) = match file {
            true => ("no media type of this list can carry a file", BYTES),
            false => ("the media types of this list belong to a file", "application/json"),
        };
        let problem = Diagnostic::info("assumed-media-type", first.span, message)
            .label(format!("a response is sent as `{media}`"))
            .help(format!("add `{media}`, or the media type that the operation produces"));
        self.diagnostics.push(problem);
    }

    /// Returns true if a schema stands for a file.
    fn is_file(&self, schema: &'d Node) -> bool {
        let target = self.follow(schema).unwrap_or(schema);
        target.get("type").and_then(Node::as_str) == Some("file")
    }
}

/// Returns the media types that carry a response, out of those that its operation produces.
///
/// A file is sent as it is, so it has none of the media types for structured values. If one response of an operation
/// is a file, the others have only those for structured values and for text.
fn carrying(produces: &[MediaType], file: bool, files: bool) -> Vec<MediaType> {
    let carries = |media: &&MediaType| match (file, files) {
        (true, _) => !is_structured(&media.name),
        (false, true) => is_structured(&media.name) || essence(&media.name).starts_with("text/"),
        (false, false) => true,
    };
    produces.iter().filter(carries).cloned().collect()
}
