//! Path items whose `$ref` leads to another path item: the fields of both apply.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Node};
use crate::source::Span;

use super::builder::Builder;
use super::response::is_token;

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

/// The longest chain of references between path items. No contract intends a longer one.
const MAX_CHAIN: usize = 64;

/// A path item, together with the path items that its `$ref` leads to.
pub(super) struct PathItem<'d> {
    /// The nodes of the path item: the node in `paths` first, then the target of its reference, and so on.
    nodes: Vec<&'d Node>,
}

impl<'d> PathItem<'d> {
    /// Returns the value of a field of the path item; the fields beside a reference come before those of its target.
    pub(super) fn get(&self, name: &str) -> Option<&'d Node> {
        self.nodes.iter().find_map(|node| node.get(name))
    }

    /// Returns the string in a field of the path item; `None` if the field is absent or not a string.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_str().map(str::to_owned)
    }

    /// Iterates over the operations of the path item: the span of the method's key, the operation's node, and the
    /// method.
    pub(super) fn methods(&self) -> impl Iterator<Item = (Span, &'d Node, &'d str)> + use<'d> {
        let fixed = |key: &Key| METHODS.iter().find(|(word, _)| *word == key.name).map(|(_, method)| *method);
        let fields: Vec<(&'d Key, &'d Node)> = self.fields().collect();
        fields.into_iter().flat_map(move |(key, node)| {
            let additional = node.as_object().filter(|_| key.name == ADDITIONAL).into_iter().flatten();
            let additional = additional.filter(|(method, _)| is_additional(&method.name));
            let additional = additional.map(|(method, node)| (method.span, node, method.name.as_str()));
            fixed(key).map(|method| (key.span, node, method)).into_iter().chain(additional)
        })
    }

    fn fields(&self) -> impl Iterator<Item = (&'d Key, &'d Node)> {
        self.nodes.iter().flat_map(|node| node.as_object()).flatten()
    }
}

impl<'d> Builder<'d, '_> {
    /// Returns the path item of a node together with those that its `$ref` leads to.
    ///
    /// OpenAPI leaves a field in several of them undefined, so it is reported, except for `summary` and `description`.
    /// Returns `None` for a reference without a target, which loading has reported.
    pub(super) fn path_item(&mut self, node: &'d Node) -> Option<PathItem<'d>> {
        let mut nodes = vec![node];
        let mut last = node;
        while let Some(reference) = last.get("$ref").and_then(Node::as_str) {
            last = self.document.resolve(last.span.file, reference).ok()?.node;
            nodes.push(last);
            if nodes.len() > MAX_CHAIN {
                return None;
            }
        }
        let item = PathItem { nodes };
        if item.nodes.len() > 1 {
            self.check_repeated_fields(&item);
        }
        Some(item)
    }

    /// Reports the methods of `additionalOperations` that the field cannot have, and those that resemble another
    /// method (OpenAPI 3.2.0, section 4.9).
    pub(super) fn check_additional(&mut self, item: &PathItem<'_>) {
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

    fn check_repeated_fields(&mut self, item: &PathItem<'d>) {
        let mut known: HashMap<&str, Span> = HashMap::new();
        for (key, _) in item.fields() {
            let name = key.name.as_str();
            if matches!(name, "$ref" | "summary" | "description") || name.starts_with("x-") {
                continue;
            }
            let Some(first) = known.get(name).copied() else {
                known.insert(name, key.span);
                continue;
            };
            let message = format!("`{name}` is both beside a `$ref` and in the path item that it refers to");
            let problem = Diagnostic::error("conflicting-fields", first, message).label("beside the `$ref`");
            let problem = problem.also(key.span, "in the target of the reference");
            self.report(problem.help("keep one of the two: OpenAPI does not define which of them applies"));
        }
    }
}

/// Returns true if `additionalOperations` may contain a method: a token (RFC 9110, section 9.1) that has no field of its
/// own in a path item.
fn is_additional(method: &str) -> bool {
    let fixed = METHODS.iter().any(|(_, fixed)| *fixed == method);
    !fixed && !method.starts_with("x-") && is_token(method)
}
