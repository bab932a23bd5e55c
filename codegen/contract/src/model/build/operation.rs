//! The building of operations: each method of each path of the contract.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::direction::Direction;
use crate::model::operation::{Operation, Scheme};
use crate::source::Span;

use super::builder::Builder;
use super::node_fields::{elements, spanned_string, string, truth};
use super::path_item::PathItem;
use super::path_template::PathTemplate;
use super::route::Routes;

impl<'d> Builder<'d, '_> {
    /// Returns every operation under `paths`, in the order of the contract.
    pub(super) fn operations(&mut self, root: &'d Node, schemes: &[Scheme]) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut ids: HashMap<String, (Span, String)> = HashMap::new();
        let paths = self.paths(root);
        let (written, mut routes) = survey(&paths);
        for (template, item) in paths {
            let path = &template.key;
            self.check_template(path);
            if let Some(servers) = item.get("servers") {
                self.check_servers(servers);
            }
            self.check_additional(&item);
            for (key, node, method) in item.methods() {
                let route = self.route(&mut routes, method, path, key);
                let mut operation = self.operation(root, &item, (key, node), &template, method, schemes);
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
            self.report_undeclared(path, &item.methods().map(|(key, _, method)| (method, key)).collect::<Vec<_>>());
        }
        operations
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

    /// Returns every path that the router can match, in the order of the contract.
    fn paths(&mut self, root: &'d Node) -> Vec<(PathTemplate, PathItem<'d>)> {
        let mut paths = Vec::new();
        for (path, node) in root.get("paths").and_then(Node::as_object).into_iter().flatten() {
            // A path without a leading `/` was reported during loading.
            if !path.name.starts_with('/') {
                continue;
            }
            let Some(item) = self.path_item(node) else { continue };
            let Some(template) = self.path_template(path, &item) else { continue };
            paths.push((template, item));
        }
        paths
    }

    fn operation(
        &mut self,
        root: &'d Node,
        item: &PathItem<'d>,
        (key, node): (Span, &'d Node),
        template: &PathTemplate,
        method: &'d str,
        schemes: &[Scheme],
    ) -> Operation {
        let path = template.path();
        let parameters = self.parameters(item, node, (method, template));
        let body = self.body(node);
        let responses = self.responses(node);
        let policies = self.policies(node);
        self.check_tags(node, path);
        if let Some(servers) = node.get("servers") {
            self.check_servers(servers);
        }
        let operation = Operation {
            direction: Direction::Inbound,
            id: id_written(node).unwrap_or_else(|| id_of(method, &template.key.name)),
            has_id: id_written(node).is_some(),
            span: node.get("operationId").map_or(key, |id| id.span),
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            tag: elements(node.get("tags")).first().and_then(Node::as_str).unwrap_or("default").to_owned(),
            service: None,
            summary: string(node, "summary").or_else(|| item.text("summary")),
            description: string(node, "description").or_else(|| item.text("description")),
            deprecated: truth(node, "deprecated"),
            parameters,
            body,
            responses,
            security: self.security(root, node, schemes),
            policies,
            events: self.published_events(node),
            pagination: self.page_setting(node),
            page: None,
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

/// Returns the declared `operationId`s of the contract, which generated ids must not repeat, and the routes of all
/// paths without query and fragment.
fn survey<'d>(paths: &[(PathTemplate, PathItem<'d>)]) -> (HashSet<String>, Routes<'d>) {
    let (mut written, mut routes) = (HashSet::new(), Routes::default());
    for (template, item) in paths {
        for (key, node, method) in item.methods() {
            written.extend(id_written(node));
            routes.reserve(method, &template.key, key);
        }
    }
    (written, routes)
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
