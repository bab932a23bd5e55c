//! The check of `example` and `examples`: example values must be valid against their schemas.

use std::collections::HashSet;

use serde_json::Value as Json;

use crate::document::Node;
use crate::model::SchemaId;
use crate::model::schema::Kind;
use crate::source::Span;

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
            let value = self.follow(example).and_then(|example| example.get("dataValue").or(example.get("value")));
            self.examples.extend(value.map(|value| (id, value)));
        }
    }

    /// Reports the serialized examples beside the schema of a JSON media type (`serializedValue`) that are not JSON.
    ///
    /// They are checked against the schema only if the contract has no value for the example besides.
    pub(super) fn serialized_examples(&mut self, id: SchemaId, node: &'d Node) {
        let named: Vec<&'d Node> = entries(node.get("examples")).map(|(_, example)| example).collect();
        for example in named {
            let Some(example) = self.follow(example) else { continue };
            let Some(serialized) = example.get("serializedValue") else { continue };
            let Some(text) = serialized.as_str() else { continue };
            match serde_json::from_str(text) {
                Ok(json) if example.get("dataValue").is_none() => self.serialized.push((id, serialized.span, json)),
                Ok(_) => {}
                Err(error) => self.invalid_example(serialized.span, format!("it is not JSON: {error}"), None),
            }
        }
    }

    /// Reports an invalid example; `meant` is the value that would be valid in its place, if it is known.
    fn invalid_example(&mut self, span: Span, why: String, meant: Option<Json>) {
        let report = self
            .remark("example-invalid", span, "the example is not valid for its schema")
            .label("invalid example")
            .note(why);
        self.report(match meant {
            Some(Json::Array(_) | Json::Object(_)) => report.help("write each value in the type of its schema"),
            Some(value) => report.suggest(span, value.to_string()),
            None => report.help("correct the example or the schema"),
        });
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
            // An unquoted scalar of YAML is a number or a boolean where the schema requires its text.
            let meant = written(&self.schemas, id, node).filter(|meant| mismatch(&self.schemas, id, meant).is_none());
            self.invalid_example(node.span, found.why, meant);
        }
        for (id, span, json) in std::mem::take(&mut self.serialized) {
            if let Some(found) = mismatch(&self.schemas, id, &json).filter(|_| seen.insert(span)) {
                self.invalid_example(span, found.why, None);
            }
        }
    }

    /// Returns true if the example of an array or object is a string: the value as it is sent in a URL or header.
    fn is_spelt_out(&self, id: SchemaId, node: &Node) -> bool {
        node.as_str().is_some() && matches!(self.schemas.kind(id), Kind::Array(_) | Kind::Object(_))
    }
}
