//! The check of `example` and `examples`: example values must be valid against their schemas.

use std::collections::HashSet;

use crate::document::Node;
use crate::model::SchemaId;
use crate::model::schema::Kind;

use super::builder::Builder;
use super::default::mismatch;
use super::node_fields::{elements, entries};
use super::written::written;

impl<'d> Builder<'d, '_> {
    /// Records the examples within a schema, for the check against it.
    pub(super) fn examples_of_schema(&mut self, id: SchemaId, node: &'d Node) {
        let listed = elements(node.get("examples"));
        self.examples.extend(node.get("example").into_iter().chain(listed).map(|value| (id, value)));
    }

    /// Records the examples beside a schema, in a parameter, header or media type, for the check against it.
    pub(super) fn examples_beside(&mut self, id: SchemaId, node: &'d Node) {
        self.examples.extend(node.get("example").map(|value| (id, value)));
        let named: Vec<&'d Node> = entries(node.get("examples")).map(|(_, example)| example).collect();
        for example in named {
            let value = self.follow(example).and_then(|example| example.get("value"));
            self.examples.extend(value.map(|value| (id, value)));
        }
    }

    /// Reports the examples that are not valid against their schemas. They mislead readers but do not affect
    /// generated code.
    pub(super) fn check_examples(&mut self) {
        let mut seen = HashSet::new();
        for (id, node) in std::mem::take(&mut self.examples) {
            if !seen.insert(node.span) || self.is_spelt_out(id, node) {
                continue;
            }
            let Some(found) = mismatch(&self.schemas, id, &node.to_json()) else { continue };
            let report = self
                .remark("example-invalid", node.span, "the example is not valid for its schema")
                .label("invalid example")
                .note(found.why);
            // An unquoted scalar of YAML is a number or a boolean where the schema requires its text.
            self.report(match written(&self.schemas, id, node) {
                Some(text) if text.is_string() => report.suggest(node.span, text.to_string()),
                _ => report.help("correct the example or the schema"),
            });
        }
    }

    /// Returns true if the example of an array or object is a string: the value as it is sent in a URL or header.
    fn is_spelt_out(&self, id: SchemaId, node: &Node) -> bool {
        node.as_str().is_some() && matches!(self.schemas.kind(id), Kind::Array(_) | Kind::Object(_))
    }
}
