//! Path items whose `$ref` leads to another path item: the fields of both apply.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Node};
use crate::source::Span;

use super::builder::Builder;

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
];

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
    pub(super) fn methods(&self) -> impl Iterator<Item = (Span, &'d Node, &'static str)> + use<'d> {
        let fields: Vec<(&'d Key, &'d Node)> = self.fields().collect();
        fields.into_iter().filter_map(|(key, node)| {
            METHODS.iter().find(|(word, _)| *word == key.name).map(|(_, method)| (key.span, node, *method))
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
