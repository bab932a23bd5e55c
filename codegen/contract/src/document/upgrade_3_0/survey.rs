//! The survey of a Swagger 2.0 document: facts about an object that other objects state.

use std::collections::HashMap;

use super::kinds::Kinds;
use super::weight::weight;
use crate::document::grammar::ObjectKind;
use crate::document::located::Located;
use crate::document::node::{Node, Object, Value};
use crate::document::trees::Document;
use crate::source::{NodePath, Span};

/// The methods of a path item in Swagger 2.0, and `trace`, which OpenAPI 3.0 adds.
pub(super) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The vendor fields by which a schema sets the value that its discriminator has.
const DISCRIMINATOR_VALUES: &[&str] = &["x-discriminator-value", "x-ms-discriminator-value"];

/// The largest number of `allOf` levels between a schema and the one with the discriminator.
const MAX_ANCESTORS: usize = 16;

/// Facts about the objects of a Swagger 2.0 document that other objects state.
#[derive(Default)]
pub(super) struct Survey<'d> {
    /// The parameters that an operation inherits from its path item, by the address of the operation.
    inherited: HashMap<usize, &'d [Node]>,
    /// The values of a discriminator that schemas set for themselves, by the span of the schema with the
    /// discriminator.
    variants: HashMap<Span, Vec<Variant>>,
    /// The weight of all nodes of the document.
    pub(super) weight: usize,
}

/// A schema that sets the value of its discriminator.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    /// The value by which the discriminator selects the schema.
    pub(super) value: String,
    /// The span of the vendor field that sets the value.
    pub(super) key: Span,
    /// The span of the schema that the value selects.
    pub(super) schema: Span,
}

impl<'d> Survey<'d> {
    /// Gathers the facts from all files of a document.
    pub(super) fn of(document: &'d Document, kinds: &Kinds) -> Survey<'d> {
        let mut survey = Survey::default();
        for tree in document.sources.ids().filter_map(|file| document.tree(file)) {
            survey.weight += weight(tree, usize::MAX);
            survey.visit(document, kinds, tree);
        }
        survey
    }

    /// Returns the parameters that an operation inherits from its path item.
    pub(super) fn inherited(&self, operation: &Node) -> &'d [Node] {
        self.inherited.get(&std::ptr::from_ref(operation).addr()).copied().unwrap_or_default()
    }

    /// Returns the schemas that set the value of the discriminator of a schema.
    pub(super) fn variants(&self, schema: Span) -> &[Variant] {
        self.variants.get(&schema).map(Vec::as_slice).unwrap_or_default()
    }

    fn visit(&mut self, document: &'d Document, kinds: &Kinds, node: &'d Node) {
        match &node.value {
            Value::Object(object) => {
                match kinds.get(node) {
                    Some(ObjectKind::PathItem) => self.path_item(object),
                    Some(ObjectKind::Schema) => self.schema(document, node, object),
                    _ => {}
                }
                object.iter().for_each(|(_, node)| self.visit(document, kinds, node));
            }
            Value::Array(elements) => elements.iter().for_each(|node| self.visit(document, kinds, node)),
            _ => {}
        }
    }

    fn path_item(&mut self, item: &'d Object) {
        let Some(parameters) = item.get("parameters").and_then(Node::as_array) else { return };
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            self.inherited.insert(std::ptr::from_ref(operation).addr(), parameters);
        }
    }

    /// Records the discriminator value of a schema at each schema with a discriminator that it extends.
    fn schema(&mut self, document: &'d Document, node: &'d Node, schema: &'d Object) {
        let Some(field) = DISCRIMINATOR_VALUES.iter().find(|field| schema.contains_key(field)) else { return };
        let (Some(value), Some(key)) = (schema.get(field).and_then(Node::as_str), schema.key_span(field)) else {
            return;
        };
        let variant = Variant { value: value.to_owned(), key, schema: node.span };
        let mut here = node;
        for _ in 0..MAX_ANCESTORS {
            if here.get("discriminator").is_some() {
                self.variants.entry(here.span).or_default().push(variant.clone());
            }
            let parts = here.get("allOf").and_then(Node::as_array).unwrap_or_default();
            let parent = parts.iter().find(|part| part.get("$ref").is_some());
            let Some(parent) = parent.and_then(|part| follow(document, part)) else { return };
            here = parent;
        }
    }
}

/// Returns the object at the end of the references of a node; `None` if one has no target.
pub(super) fn follow<'d>(document: &'d Document, node: &'d Node) -> Option<&'d Node> {
    let located = Located { node, path: NodePath::root(node.span.file) };
    document.follow(located).ok().map(|target| target.node)
}
