//! The building of operations: each method of each path of the contract.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Node};
use crate::model::direction::Direction;
use crate::model::operation::{Operation, Scheme};
use crate::source::Span;

use super::builder::Builder;
use super::node_fields::{elements, spanned_string, string, truth};
use super::response::is_token;
use super::route::{Routes, matched};

/// The HTTP methods of OpenAPI path items in lower and upper case, in the order of the specification.
const METHODS: &[(&str, &str)] = &[
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
    ("query", "QUERY"),
];

/// The field of a path item with the operations of all other methods (OpenAPI 3.2.0, section 4.9).
const ADDITIONAL: &str = "additionalOperations";

impl<'d> Builder<'d, '_> {
    /// Returns every operation under `paths`, in the order of the contract.
    pub(super) fn operations(&mut self, root: &'d Node, schemes: &[Scheme]) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut ids: HashMap<String, (Span, String)> = HashMap::new();
        let (written, mut routes) = self.survey_routes(root);
        for (path, reference) in root.get("paths").and_then(Node::as_object).into_iter().flatten() {
            if path.name.starts_with("x-") {
                continue;
            }
            // A path without a leading `/` was reported during loading.
            if !path.name.starts_with('/') {
                continue;
            }
            self.check_template(path);
            let Some(item) = self.follow(reference) else { continue };
            self.check_servers(item);
            self.check_additional(item);
            for (key, node, method) in methods(item) {
                let route = self.route(&mut routes, method, path, key);
                let mut operation = self.operation(root, item, (key, node), path, method, schemes);
                (operation.path, operation.query) = (route.path, route.query);
                let span = node.get("operationId").map_or(key, |id| id.span);
                let named = id_written(node).is_some();
                let first = ids.get(&operation.id).cloned();
                if first.is_some() || (!named && written.contains(&operation.id)) {
                    let made = id_of(method, &path.name);
                    let free = |id: &String| !ids.contains_key(id) && !written.contains(id);
                    let numbered = (2..).map(|number| format!("{made}_{number}"));
                    let instead = std::iter::once(made.clone()).chain(numbered).find(free).unwrap_or_default();
                    self.duplicate_id(span, first, &operation, named, &instead);
                    (operation.id, operation.has_id) = (instead, false);
                }
                ids.entry(operation.id.clone()).or_insert_with(|| (span, operation.route()));
                operations.push(operation);
            }
            self.report_undeclared(path, &methods(item).map(|(key, _, method)| (method, key)).collect::<Vec<_>>());
        }
        operations
    }

    /// Reports the methods of `additionalOperations` that the field cannot have, and those that resemble another
    /// method (OpenAPI 3.2.0, section 4.9).
    pub(super) fn check_additional(&mut self, item: &Node) {
        for (key, _) in item.get(ADDITIONAL).and_then(Node::as_object).into_iter().flatten() {
            let method = key.name.as_str();
            let alike = METHODS.iter().find(|(_, fixed)| fixed.eq_ignore_ascii_case(method));
            match alike {
                _ if method.starts_with("x-") => {}
                Some((word, fixed)) if *fixed == method => {
                    let message = format!("`{method}` cannot be an additional operation");
                    let report = Diagnostic::error("bad-method", key.span, message);
                    self.report(
                        report
                            .label(format!("the path item has the field `{word}` for it"))
                            .help(format!("move the operation to `{word}`, directly in the path item")),
                    );
                }
                Some((word, fixed)) => {
                    let message = format!("the method `{method}` differs from `{fixed}` by its letters' case");
                    let report = self.remark("bad-method", key.span, message);
                    let report = report.label("served as a method of its own (RFC 9110 § 9.1)");
                    self.report(report.help(format!("for `{fixed}`, use the field `{word}` of the path item")));
                }
                None if !is_token(method) => {
                    let message = format!("`{method}` is not an HTTP method");
                    let report = Diagnostic::error("bad-method", key.span, message);
                    let label = "contains a character that HTTP does not allow (RFC 9110 § 5.6.2)";
                    self.report(report.label(label).help("use letters, digits and `-`"));
                }
                None => {}
            }
        }
    }

    /// Reports an `operationId` that two operations share. The second operation gets the id `instead`.
    fn duplicate_id(
        &mut self,
        span: Span,
        first: Option<(Span, String)>,
        operation: &Operation,
        named: bool,
        instead: &str,
    ) {
        let (id, route) = (&operation.id, operation.route());
        let message = match &first {
            Some((_, other)) if named => format!("`{other}` and `{route}` have the same id `{id}`"),
            Some((_, other)) => format!("`{other}` and `{route}` have the same derived id `{id}`"),
            None => format!("the id `{id}`, derived for `{route}`, belongs to another operation"),
        };
        let first = first.map(|(span, _)| span);
        let report = match self.strict {
            false => {
                Diagnostic::warning("duplicate-operation-id", span, message).label(format!("named `{instead}` instead"))
            }
            true => Diagnostic::error("duplicate-operation-id", span, message).label(match named {
                true => "second occurrence",
                false => "derived from method and path",
            }),
        };
        let advice = "give each operation a unique `operationId`: it becomes the name of a Rust method";
        let report = first.into_iter().fold(report, |report, first| report.also(first, "first occurrence"));
        self.report(report.help(advice));
    }

    /// Returns the declared `operationId`s of the contract, which generated ids must not repeat, and the routes
    /// of all paths without query and fragment.
    fn survey_routes(&mut self, root: &'d Node) -> (HashSet<String>, Routes<'d>) {
        let (mut written, mut routes) = (HashSet::new(), Routes::default());
        for (path, reference) in root.get("paths").and_then(Node::as_object).into_iter().flatten() {
            let Some(item) = self.follow(reference) else { continue };
            for (key, node, method) in methods(item) {
                written.extend(id_written(node));
                routes.reserve(method, path, key);
            }
        }
        (written, routes)
    }

    fn operation(
        &mut self,
        root: &'d Node,
        item: &'d Node,
        (key, node): (Span, &'d Node),
        template: &Key,
        method: &'d str,
        schemes: &[Scheme],
    ) -> Operation {
        let path = matched(&template.name);
        let parameters = self.parameters(item, node, (method, path));
        let body = self.body(node);
        let responses = self.responses(node);
        let policies = self.policies(node);
        self.check_tags(node, path);
        self.check_servers(node);
        let operation = Operation {
            direction: Direction::Inbound,
            id: id_written(node).unwrap_or_else(|| id_of(method, &template.name)),
            has_id: id_written(node).is_some(),
            span: node.get("operationId").map_or(key, |id| id.span),
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            tag: elements(node.get("tags")).first().and_then(Node::as_str).unwrap_or("default").to_owned(),
            summary: string(node, "summary").or_else(|| string(item, "summary")),
            description: string(node, "description").or_else(|| string(item, "description")),
            deprecated: truth(node, "deprecated"),
            parameters,
            body,
            responses,
            security: self.security(root, node, schemes),
            policies,
            rust_name: spanned_string(node, "x-rust-name"),
        };
        self.check_policies(node, &operation);
        if operation.body.is_some() && matches!(method, "GET" | "HEAD") {
            let span = node.as_object().and_then(|object| object.key_span("requestBody")).unwrap_or(key);
            self.report(
                Diagnostic::warning(
                    "body-of-a-question",
                    span,
                    format!("the request body of {} has no defined meaning in HTTP", operation.title()),
                )
                .label("clients and proxies may drop it (RFC 9110 § 9.3.1)")
                .help("use parameters instead, or the method POST"),
            );
        }
        operation
    }
}

/// Returns the operations of a path item: the span of the method's key, the operation's node, and the method.
pub(super) fn methods(item: &Node) -> impl Iterator<Item = (Span, &Node, &str)> {
    let fixed = |key: &str| METHODS.iter().find(|(word, _)| *word == key).map(|(_, method)| *method);
    item.as_object().into_iter().flatten().flat_map(move |(key, node)| {
        let additional = node.as_object().filter(|_| key.name == ADDITIONAL).into_iter().flatten();
        let additional = additional.filter(|(method, _)| is_additional(&method.name));
        let fixed = fixed(&key.name).map(|method| (key.span, node, method));
        fixed.into_iter().chain(additional.map(|(method, node)| (method.span, node, method.name.as_str())))
    })
}

/// Returns true if `additionalOperations` may contain a method: a token (RFC 9110, section 9.1) that has no field of its
/// own in a path item.
fn is_additional(method: &str) -> bool {
    let fixed = METHODS.iter().any(|(_, fixed)| *fixed == method);
    !fixed && !method.starts_with("x-") && is_token(method)
}

/// Returns the `operationId` of an operation's node, if it has one.
pub(super) fn id_written(node: &Node) -> Option<String> {
    string(node, "operationId").filter(|id| !id.trim().is_empty())
}

/// Returns a generated id for an operation without `operationId`: `get_pets_by__id_` for `GET /pets/{id}`.
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
