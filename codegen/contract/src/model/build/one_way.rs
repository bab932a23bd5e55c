//! Properties that one direction omits (`readOnly`, `writeOnly`), found in the nodes of schemas.

use std::collections::HashSet;

use crate::document::Node;
use crate::model::direction::Direction;

use super::builder::Builder;
use super::compose::DEEPEST;
use super::node_fields::{elements, entries, is_plain_reference, truth};

/// Returns the keyword of a property that objects of a direction omit.
pub(super) fn keyword(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "readOnly",
        Direction::Outbound => "writeOnly",
    }
}

impl<'d> Builder<'d, '_> {
    /// Returns true if objects of a direction omit a property with this schema. An annotation applies to the whole
    /// property if any part of the schema has it (JSON Schema 2020-12, validation § 9.4).
    pub(super) fn omits(&mut self, direction: Direction, schema: &'d Node) -> bool {
        self.parts_of(schema).into_iter().any(|part| truth(part, keyword(direction)))
    }

    /// Returns the names of the properties that objects of a schema omit in a direction.
    pub(super) fn omitted_names(&mut self, direction: Direction, schema: &'d Node) -> Vec<&'d str> {
        let parts = self.parts_of(schema);
        let properties: Vec<(&'d String, &'d Node)> =
            parts.into_iter().flat_map(|part| entries(part.get("properties"))).collect();
        let omitted = properties.into_iter().filter(|(_, property)| self.omits(direction, property));
        omitted.map(|(name, _)| name.as_str()).collect()
    }

    /// Returns the nodes that apply to each value of a schema: its own, and those of its references and its `allOf`.
    pub(super) fn parts_of(&mut self, schema: &'d Node) -> Vec<&'d Node> {
        let (mut parts, mut todo, mut seen) = (Vec::new(), vec![(schema, 0)], HashSet::new());
        while let Some((node, depth)) = todo.pop() {
            // Deeper nesting is an error, which is reported elsewhere.
            if depth > DEEPEST || !seen.insert(node.span) {
                continue;
            }
            parts.push(node);
            if node.get("$ref").is_some() {
                let target = self.follow_schema(node).filter(|target| target.span != node.span);
                todo.extend(target.map(|target| (target, depth + 1)));
                if is_plain_reference(node) {
                    continue;
                }
            }
            todo.extend(elements(node.get("allOf")).iter().map(|part| (part, depth + 1)));
        }
        parts
    }
}
