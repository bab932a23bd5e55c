//! Operations: every method of every path, and what the service sends by itself.

use std::collections::HashMap;

use crate::contract::Webhook;
use crate::contract::operation::{ContentKind, Operation, ParameterPlace, Scheme, Status};
use crate::diagnostic::Diagnostic;
use crate::document::{Node, Span};

use super::route::{Routes, matched};
use super::{Lowering, elements, entries, string, truth};

/// The methods of OpenAPI in the order of its specification.
const METHODS: &[(&str, &str)] = &[
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
];

impl<'d> Lowering<'d, '_> {
    /// Every operation, in the order of the contract.
    pub(super) fn operations(&mut self, root: &'d Node, schemes: &[Scheme]) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut ids: HashMap<String, Span> = HashMap::new();
        let mut routes = Routes::default();
        for (path, reference) in root.get("paths").and_then(Node::as_object).into_iter().flatten() {
            if path.name.starts_with("x-") {
                continue;
            }
            // What does not begin with `/` was reported on reading.
            if !path.name.starts_with('/') {
                continue;
            }
            self.check_template(path);
            let Some(item) = self.follow(reference) else { continue };
            for (key, node) in item.as_object().into_iter().flatten() {
                let Some((_, method)) = METHODS.iter().find(|(word, _)| *word == key.name) else { continue };
                self.check_route(&mut routes, method, path, key.span);
                let operation =
                    self.operation(root, item, (key.span, node), (matched(&path.name), path.span), method, schemes);
                let span = node.get("operationId").map_or(key.span, |id| id.span);
                if let Some(first) = ids.insert(operation.id.clone(), span) {
                    self.report(
                        Diagnostic::error(
                            "duplicate-operation-id",
                            span,
                            format!("two operations are called `{}`", operation.id),
                        )
                        .label("again")
                        .also(first, "first here")
                        .help(
                            "give each operation an `operationId` of its own: it names the method that implements it",
                        ),
                    );
                }
                operations.push(operation);
            }
        }
        operations
    }

    fn operation(
        &mut self,
        root: &'d Node,
        item: &'d Node,
        (key, node): (Span, &'d Node),
        (path, path_span): (&str, Span),
        method: &'static str,
        schemes: &[Scheme],
    ) -> Operation {
        let parameters = self.parameters(item, node, path, path_span);
        let body = self.body(node);
        let responses = self.responses(node);
        let policies = self.policies(node);
        self.check_tags(node, path);
        let id = string(node, "operationId").filter(|id| !id.trim().is_empty());
        let operation = Operation {
            id: id.unwrap_or_else(|| id_of(method, path)),
            span: node.get("operationId").map_or(key, |id| id.span),
            method,
            path: path.to_owned(),
            tag: elements(node.get("tags")).first().and_then(Node::as_str).unwrap_or("default").to_owned(),
            summary: string(node, "summary").or_else(|| string(item, "summary")),
            description: string(node, "description").or_else(|| string(item, "description")),
            deprecated: truth(node, "deprecated"),
            parameters,
            body,
            responses,
            security: self.security(root, node, schemes),
            policies,
            rust_name: string(node, "x-rust-name"),
        };
        self.check_policies(node, &operation);
        operation
    }

    /// A policy that the operation's own surface cannot carry would be dropped in silence.
    fn check_policies(&mut self, node: &'d Node, operation: &Operation) {
        let header = |name: &str| {
            operation
                .parameters
                .iter()
                .any(|parameter| parameter.place == ParameterPlace::Header && parameter.name.eq_ignore_ascii_case(name))
        };
        if operation.policies.idempotency.is_some() && !header("Idempotency-Key") {
            let span = node.get("x-idempotency").map_or(node.span, |policy| policy.span);
            self.report(
                Diagnostic::error(
                    "policy-without-parameter",
                    span,
                    format!("`{}` has no `Idempotency-Key` that `x-idempotency` could honour", operation.id),
                )
                .label("this policy needs the parameter")
                .help("add { name: Idempotency-Key, in: header, schema: { type: string } } to its parameters"),
            );
        }
        if operation.policies.cache.is_some() && operation.method != "GET" {
            let span = node.get("x-cache").map_or(node.span, |policy| policy.span);
            self.report(
                Diagnostic::error(
                    "cache-of-a-change",
                    span,
                    format!("`{}` is not a GET, and only those are cached", operation.id),
                )
                .label("its answers cannot be kept"),
            );
        }
        let limited = !operation.policies.rate_limits.is_empty();
        let says_so = operation
            .responses
            .iter()
            .any(|response| matches!(response.status, Status::Code(429) | Status::Range(4) | Status::Default));
        if limited && !says_so {
            let span = node.get("x-rate-limit").map_or(node.span, |policy| policy.span);
            let report = self
                .remark("undeclared-refusal", span, format!("`{}` is limited and does not declare 429", operation.id))
                .label("this policy answers 429")
                .help("declare 429 among its responses, so that clients expect it");
            self.report(report);
        }
    }

    /// What the service sends by itself: `webhooks` of the root.
    pub(super) fn webhooks(&mut self, root: &'d Node) -> Vec<Webhook> {
        let mut webhooks = Vec::new();
        let nodes: Vec<_> = entries(root.get("webhooks")).collect();
        for (name, reference) in nodes {
            let Some(item) = self.follow(reference) else { continue };
            for (key, node) in item.as_object().into_iter().flatten() {
                let Some((_, method)) = METHODS.iter().find(|(word, _)| *word == key.name) else { continue };
                let body = self.body(node);
                let payload = body
                    .and_then(|body| body.content.into_iter().find(|content| content.kind == ContentKind::Json))
                    .and_then(|content| content.schema);
                webhooks.push(Webhook {
                    name: name.clone(),
                    span: key.span,
                    method,
                    description: string(node, "summary").or_else(|| string(node, "description")),
                    payload,
                    id: string(node, "operationId"),
                });
            }
        }
        webhooks
    }
}

/// A name for an operation that has none: `GET /pets/{id}` becomes `getPetsById`.
fn id_of(method: &str, path: &str) -> String {
    let mut id = method.to_ascii_lowercase();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        id.push('_');
        if segment.contains('{') {
            id.push_str("by_");
        }
        id.extend(segment.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }));
    }
    id
}
