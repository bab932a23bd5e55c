//! The building of outgoing operations: webhooks and callbacks, which the service calls.

use std::collections::HashSet;

use crate::document::Node;
use crate::model::direction::Direction;
use crate::model::operation::{ContentKind, Operation, RequestBody, Scheme};
use crate::model::{Callback, OutgoingOperation, SchemaId, Trigger};
use crate::source::Span;

use super::builder::Builder;
use super::node_fields::{entries, spanned_string, string, truth};
use super::operation::id_written;
use super::path_item::PathItem;
use super::path_template::PathTemplate;

impl<'d> Builder<'d, '_> {
    /// Returns every webhook with its payload. If `in_full` is set, webhooks are complete operations, and
    /// callbacks follow.
    pub(super) fn outgoing(
        &mut self,
        root: &'d Node,
        operations: &[Operation],
        schemes: &[Scheme],
        in_full: bool,
    ) -> Vec<OutgoingOperation> {
        let mut outgoing = self.webhook_payloads(root);
        if in_full {
            let mut ids: HashSet<String> = operations.iter().map(|operation| operation.id.clone()).collect();
            let resolved = self.webhooks(root, &mut ids, schemes);
            for (webhook, operation) in outgoing.iter_mut().zip(resolved) {
                webhook.operation = Some(operation);
            }
            outgoing.extend(self.callbacks(root, operations, &mut ids, schemes));
        }
        outgoing
    }

    fn webhook_payloads(&mut self, root: &'d Node) -> Vec<OutgoingOperation> {
        let mut webhooks = Vec::new();
        for (name, item) in entries(root.get("webhooks")).collect::<Vec<_>>() {
            let Some(item) = self.path_item(item) else { continue };
            for (_, node, method) in item.methods().filter(|(_, node, _)| !is_event(node)) {
                let payload = self.body(node).as_ref().and_then(payload);
                webhooks.push(OutgoingOperation {
                    trigger: Trigger::Webhook(name.clone()),
                    method: method.to_owned(),
                    operation_id: string(node, "operationId"),
                    description: string(node, "summary").or_else(|| string(node, "description")),
                    payload,
                    operation: None,
                });
            }
        }
        webhooks
    }

    /// Returns every webhook as a complete operation, in the order of [`Builder::webhook_payloads`].
    fn webhooks(&mut self, root: &'d Node, ids: &mut HashSet<String>, schemes: &[Scheme]) -> Vec<Operation> {
        let mut webhooks = Vec::new();
        for (name, item) in entries(root.get("webhooks")).collect::<Vec<_>>() {
            webhooks.extend(self.outgoing_item(root, item, name, "webhook", ids, schemes));
        }
        webhooks
    }

    fn callbacks(
        &mut self,
        root: &'d Node,
        operations: &[Operation],
        ids: &mut HashSet<String>,
        schemes: &[Scheme],
    ) -> Vec<OutgoingOperation> {
        let mut callbacks = Vec::new();
        for (parent, node) in self.operation_nodes(root, operations) {
            for (name, callback) in entries(node.get("callbacks")).collect::<Vec<_>>() {
                let Some(callback) = self.follow(callback) else { continue };
                for (expression, item) in entries(Some(callback)).collect::<Vec<_>>() {
                    if expression.starts_with("x-") {
                        continue;
                    }
                    for operation in self.outgoing_item(root, item, name, &parent, ids, schemes) {
                        let callback = Callback { parent: parent.clone(), expression: expression.clone() };
                        callbacks.push(OutgoingOperation {
                            trigger: Trigger::Callback(callback),
                            method: operation.method.clone(),
                            operation_id: Some(operation.id.clone()),
                            description: operation.summary.clone().or_else(|| operation.description.clone()),
                            payload: operation.body.as_ref().and_then(payload),
                            operation: Some(operation),
                        });
                    }
                }
            }
        }
        callbacks
    }

    /// Returns the node of every operation under `paths`, with the operation's id.
    fn operation_nodes(&mut self, root: &'d Node, operations: &[Operation]) -> Vec<(String, &'d Node)> {
        let mut nodes = Vec::new();
        for (_, reference) in entries(root.get("paths")).collect::<Vec<_>>() {
            let Some(item) = self.path_item(reference) else { continue };
            for (key, node, _) in item.methods() {
                let span = node.get("operationId").map_or(key, |id| id.span);
                // If two paths refer to one path item, its operation exists twice, and each gets this node once.
                let known =
                    |operation: &&Operation| operation.span == span && !nodes.iter().any(|(id, _)| *id == operation.id);
                if let Some(operation) = operations.iter().find(known) {
                    nodes.push((operation.id.clone(), node));
                }
            }
        }
        nodes
    }

    /// Returns the outgoing operations of a path item of a webhook or callback.
    ///
    /// An operation without an id, or with an id that another operation has, is named by its location.
    fn outgoing_item(
        &mut self,
        root: &'d Node,
        reference: &'d Node,
        name: &str,
        owner: &str,
        ids: &mut HashSet<String>,
        schemes: &[Scheme],
    ) -> Vec<Operation> {
        let Some(item) = self.path_item(reference) else { return Vec::new() };
        self.check_additional(&item);
        let methods: Vec<(Span, &Node, &str)> =
            item.methods().filter(|(_, node, _)| owner != "webhook" || !is_event(node)).collect();
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
            operations.push(self.outgoing_operation(root, &item, (span, node), id, method, schemes));
        }
        operations
    }

    fn outgoing_operation(
        &mut self,
        root: &'d Node,
        item: &PathItem<'d>,
        (span, node): (Span, &'d Node),
        id: String,
        method: &'d str,
        schemes: &[Scheme],
    ) -> Operation {
        let mut parameters = self.parameters(item, node, (method, &PathTemplate::none(span)));
        self.no_events(node);
        // Sorting and sparse fieldsets apply only to operations that the service serves.
        for parameter in &mut parameters {
            (parameter.sort, parameter.sparse) = (false, false);
        }
        // The security of the root applies only to operations that the service serves.
        let security = if node.get("security").is_some() { self.security(root, node, schemes) } else { Vec::new() };
        Operation {
            direction: Direction::Outbound,
            id,
            has_id: true,
            span: node.get("operationId").map_or(span, |id| id.span),
            method: method.to_owned(),
            path: String::new(),
            query: String::new(),
            tag: String::new(),
            service: None,
            summary: string(node, "summary").or_else(|| item.text("summary")),
            description: string(node, "description").or_else(|| item.text("description")),
            deprecated: truth(node, "deprecated"),
            parameters,
            body: self.body(node),
            responses: self.responses(node),
            security,
            policies: Default::default(),
            events: Vec::new(),
            pagination: None,
            page: None,
            rust_name: spanned_string(node, "x-rust-name"),
        }
    }
}

/// Returns the schema of the JSON body that the service sends.
pub(super) fn payload(body: &RequestBody) -> Option<SchemaId> {
    body.content.iter().find(|content| content.kind == ContentKind::Json)?.schema
}

/// Returns true if an operation of `webhooks` declares a domain event, which is no outgoing operation.
pub(super) fn is_event(operation: &Node) -> bool {
    operation.get("x-event").is_some()
}
