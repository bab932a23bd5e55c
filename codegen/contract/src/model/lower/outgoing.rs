//! Webhooks and callbacks as operations that the service calls.

use std::collections::HashSet;

use crate::document::Node;
use crate::model::direction::Direction;
use crate::model::operation::{Operation, Scheme};
use crate::model::{Callback, Outgoing};
use crate::source::Span;

use super::operation::{METHODS, id_written};
use super::{Lowering, entries, string, truth, word};

impl<'d> Lowering<'d, '_> {
    /// What is sent without being asked for, and what operations ask for.
    pub(super) fn outgoing(&mut self, root: &'d Node, operations: &[Operation], schemes: &[Scheme]) -> Vec<Outgoing> {
        let mut ids: HashSet<String> = operations.iter().map(|operation| operation.id.clone()).collect();
        let mut outgoing = Vec::new();
        for (name, item) in entries(root.get("webhooks")).collect::<Vec<_>>() {
            for operation in self.path_item(root, item, name, "webhook", &mut ids, schemes) {
                outgoing.push(Outgoing { operation, callback: None });
            }
        }
        for (parent, node) in self.operation_nodes(root, operations) {
            for (name, callback) in entries(node.get("callbacks")).collect::<Vec<_>>() {
                let Some(callback) = self.follow(callback) else { continue };
                for (expression, item) in entries(Some(callback)).collect::<Vec<_>>() {
                    if expression.starts_with("x-") {
                        continue;
                    }
                    for operation in self.path_item(root, item, name, &parent, &mut ids, schemes) {
                        let callback = Callback { parent: parent.clone(), expression: expression.clone() };
                        outgoing.push(Outgoing { operation, callback: Some(callback) });
                    }
                }
            }
        }
        outgoing
    }

    /// Every operation of the paths by its id, as it is written.
    fn operation_nodes(&mut self, root: &'d Node, operations: &[Operation]) -> Vec<(String, &'d Node)> {
        let mut nodes = Vec::new();
        for (_, reference) in entries(root.get("paths")).collect::<Vec<_>>() {
            let Some(item) = self.follow(reference) else { continue };
            for (key, node) in item.as_object().into_iter().flatten() {
                let span = node.get("operationId").map_or(key.span, |id| id.span);
                // One path item of two paths is two operations.
                let known =
                    |operation: &&Operation| operation.span == span && !nodes.iter().any(|(id, _)| *id == operation.id);
                if let Some(operation) = operations.iter().find(known) {
                    nodes.push((operation.id.clone(), node));
                }
            }
        }
        nodes
    }

    /// The operations of one path item. One that has no id, or one that is taken, goes by its place.
    fn path_item(
        &mut self,
        root: &'d Node,
        reference: &'d Node,
        name: &str,
        owner: &str,
        ids: &mut HashSet<String>,
        schemes: &[Scheme],
    ) -> Vec<Operation> {
        let Some(item) = self.follow(reference) else { return Vec::new() };
        let methods = item.as_object().into_iter().flatten();
        let methods = methods.filter_map(|(key, node)| {
            METHODS.iter().find(|(word, _)| *word == key.name).map(|(_, method)| (key.span, node, *method))
        });
        let methods: Vec<(Span, &Node, &'static str)> = methods.collect();
        let several = methods.len() > 1;
        let mut operations = Vec::new();
        for (span, node, method) in methods {
            let verb = if several { format!("_{}", method.to_ascii_lowercase()) } else { String::new() };
            let placed = format!("{owner}_{name}{verb}");
            let plain = if owner == "webhook" { format!("{name}{verb}") } else { placed.clone() };
            let first = id_written(node).unwrap_or(plain);
            let numbered = (2..).map(|number| format!("{placed}_{number}"));
            let mut candidates = [first, placed.clone()].into_iter().chain(numbered);
            let id = candidates.find(|id| !ids.contains(id)).unwrap_or_default();
            ids.insert(id.clone());
            operations.push(self.outgoing_operation(root, item, (span, node), id, method, schemes));
        }
        operations
    }

    fn outgoing_operation(
        &mut self,
        root: &'d Node,
        item: &'d Node,
        (span, node): (Span, &'d Node),
        id: String,
        method: &'static str,
        schemes: &[Scheme],
    ) -> Operation {
        let mut parameters = self.parameters(item, node, "", span);
        // What can be sorted and trimmed is a matter of our own lists.
        for parameter in &mut parameters {
            (parameter.sort, parameter.sparse) = (false, false);
        }
        // The security of the contract is that of its own operations.
        let security = if node.get("security").is_some() { self.security(root, node, schemes) } else { Vec::new() };
        Operation {
            direction: Direction::Outbound,
            id,
            span: node.get("operationId").map_or(span, |id| id.span),
            method,
            path: String::new(),
            query: String::new(),
            tag: String::new(),
            summary: string(node, "summary").or_else(|| string(item, "summary")),
            description: string(node, "description").or_else(|| string(item, "description")),
            deprecated: truth(node, "deprecated"),
            parameters,
            body: self.body(node),
            responses: self.responses(node),
            security,
            policies: Default::default(),
            rust_name: word(node, "x-rust-name"),
        }
    }
}
