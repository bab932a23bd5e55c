//! The upgrade of the root object: its sections move to `components`.

use super::Upgrade;
use super::create::{field, key, object};
use crate::document::node::{Key, Node, Object};

/// The fields of the root object whose meaning the upgrade expresses by other fields.
const REPLACED: &[&str] = &["host", "basePath", "schemes", "consumes", "produces", "components", "servers"];

/// The sections of the root object that move to `components`, with the names that they have there.
const SECTIONS: &[(&str, &str)] =
    &[("definitions", "schemas"), ("responses", "responses"), ("securityDefinitions", "securitySchemes")];

impl<'d> Upgrade<'d, '_> {
    /// Returns the root object of OpenAPI 3.0 for that of Swagger 2.0.
    pub(super) fn root(&mut self, node: &'d Node, root: &'d Object) -> Node {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut components: Vec<(Key, Node)> = Vec::new();
        for (name, value) in root {
            match name.name.as_str() {
                "swagger" => entries.push(field(name.span, "openapi", "3.0.3")),
                "parameters" => components.extend(self.shared_parameters(name, value)),
                replaced if REPLACED.contains(&replaced) => {}
                section => match SECTIONS.iter().find(|(old, _)| *old == section) {
                    Some((_, new)) => components.push((key(name.span, new), self.node(value))),
                    None => entries.push(self.entry(name, value)),
                },
            }
        }
        if let Some(servers) = self.servers(root) {
            entries.push((key(servers.span, "servers"), servers));
        }
        if !components.is_empty() {
            entries.push((key(node.span, "components"), object(node.span, components)));
        }
        object(node.span, entries)
    }

    /// Returns the sections of `components` for shared parameters: `parameters`, and `requestBodies` for bodies.
    ///
    /// Fields of forms have no section; they become a part of each operation that refers to them.
    fn shared_parameters(&mut self, section: &Key, value: &'d Node) -> Vec<(Key, Node)> {
        let mut parameters = Vec::new();
        let mut bodies = Vec::new();
        for (name, node) in value.as_object().into_iter().flatten() {
            let location = self.follow(node).and_then(|target| target.get("in")).and_then(Node::as_str);
            match location {
                Some("body") => bodies.push((name.clone(), self.node(node))),
                Some("formData") => {}
                _ => parameters.push((name.clone(), self.node(node))),
            }
        }
        let sections = [("parameters", parameters), ("requestBodies", bodies)].into_iter();
        let filled = sections.filter(|(_, entries)| !entries.is_empty());
        filled.map(|(name, entries)| (key(section.span, name), object(value.span, entries))).collect()
    }
}
