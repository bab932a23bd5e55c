//! Deferred work of the build: schemas without a kind, and checks that need all schemas.

use super::facets::Facets;
use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::SchemaId;
use crate::model::operation::ParameterLocation;
use crate::source::Span;

/// The identity of a schema: the spans of the nodes that it is made of, and of the unions that are decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Source {
    /// The spans of the nodes that the schema is made of.
    pub(super) parts: Vec<Span>,
    /// The spans of the unions whose branch is chosen already.
    pub(super) decided: Vec<Span>,
}

/// A schema whose kind is not determined yet.
pub(super) struct Unsettled<'d> {
    pub(super) id: SchemaId,
    pub(super) nodes: Vec<&'d Node>,
    pub(super) decided: Vec<Span>,
}

/// A schema with contradictory constraints.
pub(super) struct Contradiction {
    pub(super) schema: SchemaId,
    /// True if null is a valid value despite the contradiction.
    pub(super) null: bool,
    /// The diagnostics of the contradictions, as errors.
    pub(super) reports: Vec<Diagnostic>,
}

/// A sparse fieldset as it is written: an object with `x-sparse-of`.
pub(super) struct SparseFieldset {
    pub(super) id: SchemaId,
    /// The span of the value of `x-sparse-of`.
    pub(super) at: Span,
    /// The name of the complete schema that the fieldset belongs to.
    pub(super) full: String,
    /// The span of the first required property, if there is one.
    pub(super) required: Option<Span>,
    /// The properties of the fieldset, each with its span.
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

/// A parameter of a path template that an operation does not declare as a path parameter.
pub(super) struct Undeclared {
    /// The name between the braces.
    pub(super) name: String,
    /// The method of the operation.
    pub(super) method: &'static str,
    /// The span and location of a parameter of this name that is declared elsewhere.
    pub(super) elsewhere: Option<(Span, ParameterLocation)>,
}
