//! Deferred work of building the model: schemas without a kind, and data for checks that need all schemas.

use std::collections::{HashMap, HashSet};

use super::facets::Facets;
use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::SchemaId;
use crate::model::operation::ParameterLocation;
use crate::source::Span;

/// The identity of a schema: the document nodes that it is made of, and the unions whose branch is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Source {
    /// The spans of the document nodes that a schema is made of.
    pub(super) parts: Vec<Span>,
    /// The spans of the unions (`oneOf`, `anyOf`) that a schema ignores, since one of their branches is chosen.
    pub(super) decided: Vec<Span>,
}

/// A schema of the model whose kind is not determined yet, with the document nodes that it is made of.
pub(super) struct Unsettled<'d> {
    pub(super) id: SchemaId,
    pub(super) nodes: Vec<&'d Node>,
    pub(super) decided: Vec<Span>,
}

/// A schema whose constraints contradict each other.
pub(super) struct Contradiction {
    pub(super) schema: SchemaId,
    /// True if null is a valid value of a schema whose other constraints contradict each other.
    pub(super) null: bool,
    /// The diagnostics about the contradictory constraints of a schema, as errors.
    pub(super) reports: Vec<Diagnostic>,
}

/// A sparse fieldset as the contract declares it: an object schema with `x-sparse-of`.
pub(super) struct SparseFieldset {
    pub(super) id: SchemaId,
    /// The span of the value of `x-sparse-of`.
    pub(super) at: Span,
    /// The name of the complete schema whose fields the sparse fieldset selects.
    pub(super) full: String,
    /// The span of the first property that the fieldset requires, which is a mistake; `None` if it requires none.
    pub(super) required: Option<Span>,
    /// The properties that the sparse fieldset declares, each with its span.
    pub(super) properties: Vec<(String, Span)>,
}

impl SparseFieldset {
    pub(super) fn new(
        id: SchemaId,
        node: &Node,
        facets: &Facets<'_>,
        properties: &[(&str, Vec<&Node>)],
    ) -> SparseFieldset {
        let location = |nodes: &[&Node]| nodes.first().map_or(node.span, |node| node.span);
        SparseFieldset {
            id,
            at: node.span,
            full: node.as_str().and_then(|text| text.rsplit('/').next()).unwrap_or_default().to_owned(),
            required: facets.required.first().map(|(_, span)| *span),
            properties: properties.iter().map(|(name, nodes)| ((*name).to_owned(), location(nodes))).collect(),
        }
    }
}

/// A union whose discriminator has the values of its `mapping` so far.
pub(super) struct Discriminated {
    /// The union schema with the discriminator.
    pub(super) union: SchemaId,
    /// The span of the discriminator.
    pub(super) at: Span,
    /// The name of each branch of the union; `None` for an inline branch.
    pub(super) names: Vec<Option<String>>,
    /// True if the discriminator is declared by a parent schema of the union, which may have a different purpose.
    pub(super) inherited: bool,
}

/// The polymorphic parents of a contract; none if the setting `polymorphic_parents` is off.
#[derive(Default)]
pub(super) struct Families<'d> {
    /// The schemas that extend each polymorphic parent, in the order of the contract, by the span of the parent.
    pub(super) children: HashMap<Span, Vec<&'d Node>>,
    /// The discriminator of each polymorphic parent, its own or that of a schema that it extends.
    pub(super) discriminators: HashMap<Span, &'d Node>,
    /// The spans of all schemas that extend a polymorphic parent.
    pub(super) extending: HashSet<Span>,
}

impl<'d> Families<'d> {
    /// Returns true if a schema extends a polymorphic parent, so that it is never only another name of it.
    pub(super) fn extends(&self, node: &Node) -> bool {
        self.extending.contains(&node.span)
    }

    /// Returns true if a schema is a polymorphic parent.
    pub(super) fn has(&self, node: &Node) -> bool {
        self.discriminators.contains_key(&node.span)
    }
}

/// A parameter in a path template that operations of the path do not declare as a path parameter.
pub(super) struct Undeclared<'d> {
    /// The HTTP methods of the operations that do not declare the parameter.
    pub(super) methods: Vec<&'d str>,
    /// The span and location of a query, header or cookie parameter that has the name of an undeclared path parameter.
    pub(super) elsewhere: Option<(Span, ParameterLocation)>,
}
