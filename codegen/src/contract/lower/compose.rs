//! Which nodes make one schema: a place, or several that `allOf` and references put together.

use crate::contract::SchemaId;
use crate::contract::schema::{Kind, Schema};
use crate::diagnostic::Diagnostic;
use crate::document::{Node, Span, Version};

use super::facets::Facets;
use super::finish::implied;
use super::{Lowering, elements, string};

/// The nodes that must all hold, by their places, and the unions among them that are already decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Source {
    parts: Vec<Span>,
    decided: Vec<Span>,
}

/// Keywords that say something about a schema without changing which values it has.
const ANNOTATIONS: &[&str] = &[
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "nullable",
    "externalDocs",
    "xml",
    "$comment",
];

impl<'d> Lowering<'d, '_> {
    /// The schema at a node.
    pub(super) fn schema(&mut self, node: &'d Node) -> SchemaId {
        let target = match is_plain_reference(node) {
            true => self.follow(node).unwrap_or(node),
            false => node,
        };
        self.composed(&[target], &[])
    }

    /// The schema of values that fit all of `nodes`, the unions at `decided` left aside.
    pub(super) fn composed(&mut self, nodes: &[&'d Node], decided: &[Span]) -> SchemaId {
        let mut parts: Vec<Span> = Vec::with_capacity(nodes.len());
        let mut nodes: Vec<&'d Node> = nodes.to_vec();
        nodes.retain(|node| {
            let new = !parts.contains(&node.span);
            if new {
                parts.push(node.span);
            }
            new
        });
        let source = Source { parts, decided: decided.to_vec() };
        if let Some(known) = self.known.get(&source) {
            return *known;
        }
        let single = match nodes.as_slice() {
            [node] => Some(*node),
            _ => None,
        };
        let annotated = nodes.first().copied();
        let id = self.schemas.add(Schema {
            span: annotated.map_or(Span::start_of(self.document.root), |node| node.span),
            component: single.filter(|_| decided.is_empty()).and_then(|node| self.names.get(&node.span).cloned()),
            title: annotated.and_then(|node| string(node, "title")),
            description: annotated.and_then(|node| string(node, "description")),
            deprecated: annotated.is_some_and(|node| super::truth(node, "deprecated")),
            nullable: false,
            read_only: annotated.is_some_and(|node| super::truth(node, "readOnly")),
            write_only: annotated.is_some_and(|node| super::truth(node, "writeOnly")),
            default: annotated.and_then(|node| node.get("default")).map(|node| (node.to_json(), node.span)),
            kind: Kind::Any,
            rust_name: single.and_then(|node| string(node, "x-rust-name")),
            guard: None,
        });
        self.known.insert(source, id);

        if let Some(target) = single.filter(|_| decided.is_empty()).and_then(|node| self.annotated_reference(node)) {
            let target = self.schema(target);
            let node = single.unwrap_or(nodes[0]);
            let schema = self.schemas.get_mut(id);
            schema.nullable = super::truth(node, "nullable");
            schema.kind = Kind::Alias(target);
            return id;
        }

        let mut facets = Facets::new(decided, &nodes);
        for node in nodes.iter().copied() {
            self.collect(node, &mut facets, &mut Vec::new());
        }
        facets.rare.untyped = !self.implied_types && facets.types.is_none() && !implied(&facets).is_empty();
        let guard = facets.rare.any().then(|| self.guard(&nodes)).flatten();
        let (kind, nullable) = self.finish(id, &nodes, facets);
        let schema = self.schemas.get_mut(id);
        schema.kind = kind;
        schema.nullable = nullable;
        schema.guard = guard;
        id
    }

    /// The one schema that a node only annotates: `allOf` with one element, or a reference with annotations beside it.
    fn annotated_reference(&mut self, node: &'d Node) -> Option<&'d Node> {
        let object = node.as_object()?;
        let only = |keyword: &str| {
            object.iter().all(|(key, _)| {
                key.name == keyword || ANNOTATIONS.contains(&key.name.as_str()) || key.name.starts_with("x-")
            })
        };
        if let Some(reference) = object.get("$ref").filter(|_| only("$ref") || self.version() == Version::V30) {
            reference.as_str()?;
            return self.follow(node).filter(|target| target.span != node.span);
        }
        match elements(object.get("allOf")) {
            [one] if only("allOf") => match is_plain_reference(one) {
                true => self.follow(one).filter(|target| target.span != node.span),
                false => Some(one),
            },
            _ => None,
        }
    }

    /// Reports a composition that contains itself.
    pub(super) fn report_cycle(&mut self, node: &Node) {
        self.report(
            Diagnostic::error("cyclic-composition", node.span, "a schema is composed of itself")
                .label("reached again from its own `allOf`")
                .help("refer to it from a property instead, or take the shared part out into a schema of its own"),
        );
    }
}

/// Whether a node is nothing but a reference.
pub(super) fn is_plain_reference(node: &Node) -> bool {
    node.as_object().is_some_and(|object| object.len() == 1) && node.get("$ref").and_then(Node::as_str).is_some()
}
