//! The upgrade of path items and operations: the parameters for bodies and forms become the request body.

use std::collections::{HashMap, HashSet};

use super::Upgrade;
use super::create::{key, list, object};
use super::media_types::{MediaType, declared};
use crate::diagnostic::Diagnostic;
use crate::document::node::{Key, Node, Object};
use crate::source::Span;

/// A parameter in the list of an operation or path item.
#[derive(Clone, Copy)]
pub(super) struct Listed<'d> {
    /// The element of the list: the parameter, or a reference to it.
    pub(super) element: &'d Node,
    /// The parameter that the element of the list leads to.
    pub(super) parameter: &'d Node,
}

impl<'d> Listed<'d> {
    pub(super) fn text(&self, field: &str) -> &'d str {
        self.parameter.get(field).and_then(Node::as_str).unwrap_or_default()
    }

    fn is_part_of_body(&self) -> bool {
        matches!(self.text("in"), "body" | "formData")
    }

    /// Returns the span of the location of the parameter, for diagnostics.
    fn location(&self) -> Span {
        match self.element.get("$ref") {
            Some(reference) => reference.span,
            None => self.parameter.get("in").map_or(self.parameter.span, |location| location.span),
        }
    }
}

impl<'d> Upgrade<'d, '_> {
    /// Returns a path item without the parameters for bodies, which each operation has instead.
    pub(super) fn path_item(&mut self, node: &'d Node, item: &'d Object) -> Node {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (name, value) in item {
            match name.name.as_str() {
                "parameters" => entries.extend(self.parameters(name, value)),
                _ => entries.push(self.entry(name, value)),
            }
        }
        object(node.span, entries)
    }

    /// Returns an operation with the request body that its parameters describe.
    pub(super) fn operation(&mut self, node: &'d Node, operation: &'d Object) -> Node {
        let consumes = declared(node, "consumes").unwrap_or_else(|| self.consumes.clone());
        let produces = declared(node, "produces").unwrap_or_else(|| self.produces.clone());
        // Each body and response compares the lists of media types.
        self.spend((consumes.len() + produces.len()) / 16, node.span);
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (name, value) in operation {
            match name.name.as_str() {
                "parameters" => entries.extend(self.parameters(name, value)),
                "responses" => entries.push((name.clone(), self.responses(value, &produces))),
                "schemes" => {
                    let servers = self.own_servers(value);
                    entries.extend(servers.map(|servers| (key(name.span, "servers"), servers)));
                }
                "consumes" | "produces" | "requestBody" | "servers" | "callbacks" => {}
                _ => entries.push(self.entry(name, value)),
            }
        }
        // The body stands after the parameters, as in most contracts of OpenAPI 3.0.
        let at = entries.iter().position(|(name, _)| name.name == "responses").unwrap_or(entries.len());
        if let Some(body) = self.body(node, operation, &consumes) {
            entries.insert(at, body);
        }
        object(node.span, entries)
    }

    /// Returns the `parameters` of an operation or path item without those for bodies; `None` if no other exists.
    fn parameters(&mut self, name: &Key, value: &'d Node) -> Option<(Key, Node)> {
        let Some(elements) = value.as_array() else { return Some((name.clone(), value.clone())) };
        let part_of_body =
            |node: &'d Node| self.listed(node).is_some_and(|listed: Listed<'_>| listed.is_part_of_body());
        let kept: Vec<&'d Node> = elements.iter().filter(|node| !part_of_body(node)).collect();
        if kept.is_empty() && !elements.is_empty() {
            return None;
        }
        let parameters = kept.into_iter().map(|node| self.node(node)).collect();
        Some((name.clone(), list(value.span, parameters)))
    }

    fn listed(&self, element: &'d Node) -> Option<Listed<'d>> {
        Some(Listed { element, parameter: self.follow(element)? })
    }

    /// Returns the `requestBody` of an operation from its parameters and those of its path item; `None` if none of
    /// them describes a body.
    fn body(&mut self, node: &'d Node, operation: &'d Object, consumes: &[MediaType]) -> Option<(Key, Node)> {
        let own = operation.get("parameters").and_then(Node::as_array).unwrap_or_default();
        let own = self.parts_of_body(own);
        let inherited = self.parts_of_body(self.survey.inherited(node));
        let bodies = |parts: &[Listed<'d>]| -> Vec<Listed<'d>> {
            parts.iter().copied().filter(|part| part.text("in") == "body").collect()
        };
        let mut fields: Vec<Listed<'d>> = own.iter().copied().filter(|part| part.text("in") == "formData").collect();
        self.check_fields(&fields);
        let own_bodies = bodies(&own);
        // A parameter of the operation replaces the one of the path item; an operation has at most one body.
        let replaces = !own_bodies.is_empty() || !fields.is_empty();
        let bodies = if replaces { own_bodies } else { bodies(&inherited) };
        if bodies.is_empty() {
            let names: HashSet<&str> = fields.iter().map(|field| field.text("name")).collect();
            let others = inherited.iter().filter(|part| part.text("in") == "formData");
            fields.extend(others.filter(|part| !names.contains(part.text("name"))));
        }
        match (bodies.as_slice(), fields.as_slice()) {
            ([], []) => None,
            ([], [first, ..]) => {
                let anchor = operation.key_span("parameters").unwrap_or(node.span);
                let form = self.form(anchor, &fields, consumes);
                Some((key(first.location(), "requestBody"), form))
            }
            ([body, others @ ..], fields) => {
                self.check_one_body(*body, others, fields);
                let (location, body) = (body.location(), self.body_of(*body, consumes));
                Some((key(location, "requestBody"), body))
            }
        }
    }

    fn parts_of_body(&self, elements: &'d [Node]) -> Vec<Listed<'d>> {
        elements.iter().filter_map(|element| self.listed(element)).filter(Listed::is_part_of_body).collect()
    }

    /// Reports what an operation declares beside its body: a second body, or fields of a form.
    fn check_one_body(&mut self, body: Listed<'d>, others: &[Listed<'d>], fields: &[Listed<'d>]) {
        let (other, message, help) = match (others.first(), fields.first()) {
            (Some(other), _) => (
                other,
                "an operation cannot have two bodies",
                "keep one of the two, or combine them as properties of one schema",
            ),
            (None, Some(field)) => (
                field,
                "an operation cannot have both `in: body` and `in: formData`",
                "declare the content of the body as further `formData` parameters, or as properties of its schema",
            ),
            (None, None) => return,
        };
        let problem = Diagnostic::error("conflicting-bodies", other.location(), message).label("second body");
        self.diagnostics.push(problem.also(body.location(), "first body").help(help));
    }

    /// Reports a field of a form that an operation declares twice.
    fn check_fields(&mut self, fields: &[Listed<'d>]) {
        let mut known = HashMap::new();
        for field in fields {
            let name = field.text("name");
            if let Some(first) = known.insert(name, field.location()) {
                let message = format!("an operation declares the form parameter `{name}` twice");
                let problem = Diagnostic::error("duplicate-parameter", field.location(), message);
                let problem = problem.label("second declaration").also(first, "first declaration");
                self.diagnostics.push(problem.help("remove one of the two, or write `type: array` for several values"));
            }
        }
    }
}
