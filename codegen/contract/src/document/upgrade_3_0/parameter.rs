//! The upgrade of parameters and headers: the keywords that describe their value move to a schema.

use super::Upgrade;
use super::collection::Written;
use super::create::{field, key, object};
use crate::diagnostic::Diagnostic;
use crate::document::node::{Key, Node, Object};

/// The fields of a parameter or header of Swagger 2.0 that describe its value.
const KEYWORDS: &[&str] = &[
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-enum-varnames",
    "x-enumNames",
    "x-extensible-enum",
    "x-id-prefix",
    "x-rust-type",
];

/// The schema of a parameter or header, and the style of its list.
pub(super) struct Described<'d> {
    pub(super) schema: Node,
    pub(super) written: Written<'d>,
}

impl<'d> Upgrade<'d, '_> {
    /// Returns a parameter of OpenAPI 3.0, or a request body for a parameter with `in: body`.
    pub(super) fn parameter(&mut self, node: &'d Node, parameter: &'d Object) -> Node {
        let location = parameter.get("in").and_then(Node::as_str).unwrap_or_default();
        if location == "body" {
            let consumes = self.consumes.clone();
            return self.request_body(node, parameter, &consumes);
        }
        // Fields of forms are a part of each operation that refers to them, and nothing reads them here.
        if location == "formData" {
            return node.clone();
        }
        let Described { schema, written } = self.described(node, parameter, location);
        let mut entries = self.remaining(parameter);
        entries.extend(written.fields(schema.span));
        entries.push((key(schema.span, "schema"), schema));
        object(node.span, entries)
    }

    /// Returns a response header of OpenAPI 3.0.
    pub(super) fn header(&mut self, node: &'d Node, header: &'d Object) -> Node {
        let Described { schema, written } = self.described(node, header, "header");
        let mut entries = self.remaining(header);
        entries.extend(written.fields(schema.span));
        entries.push((key(schema.span, "schema"), schema));
        object(node.span, entries)
    }

    /// Returns the entries of a parameter or header that do not describe its value.
    fn remaining(&mut self, owner: &'d Object) -> Vec<(Key, Node)> {
        let stays = |name: &str| !KEYWORDS.contains(&name) && !matches!(name, "schema" | "collectionFormat");
        let entries = owner.iter().filter(|(name, _)| stays(&name.name));
        entries.map(|(name, value)| self.entry(name, value)).collect()
    }

    /// Returns the schema that the keywords of a parameter or header describe.
    pub(super) fn described(&mut self, node: &'d Node, owner: &'d Object, location: &str) -> Described<'d> {
        if let Some(schema) = owner.get("schema").filter(|schema| schema.as_object().is_some()) {
            return Described { schema: self.node(schema), written: Written::Plain };
        }
        // The schema is identified by the word `type`, or by the first word if there is no type.
        let first = owner.iter().next().map(|(name, _)| name.span);
        let span = owner.key_span("type").or(first).unwrap_or(node.span);
        let written = self.written(owner, location);
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (name, value) in owner.iter().filter(|(name, _)| KEYWORDS.contains(&name.name.as_str())) {
            match (name.name.as_str(), value.as_str()) {
                ("type", Some("file")) => {
                    self.check_file(value, location);
                    entries.extend([field(value.span, "type", "string"), field(value.span, "format", "binary")]);
                }
                ("items", _) => entries.push((name.clone(), self.elements(value))),
                // A file has no other format than that of bytes.
                ("format", _) if owner.get("type").and_then(Node::as_str) == Some("file") => {}
                _ => entries.push(self.entry(name, value)),
            }
        }
        if !owner.contains_key("type") && !owner.contains_key("items") {
            entries.push(field(span, "type", "string"));
        }
        Described { schema: object(span, entries), written }
    }

    /// Reports a file that is not a part of a form.
    fn check_file(&mut self, value: &Node, location: &str) {
        if location != "formData" {
            let message = "`type: file` is allowed only for form parameters and responses";
            let problem = Diagnostic::error("misplaced-file", value.span, message).label(format!("in {location}"));
            self.diagnostics.push(problem.help("write `in: formData`, or `type: string`"));
        }
    }
}
