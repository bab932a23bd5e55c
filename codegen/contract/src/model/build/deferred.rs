//! Work that is put off while the model is built: schemas without a kind yet, and checks that need all of them.

use super::facets::Facets;
use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::SchemaId;
use crate::model::operation::ParameterLocation;
use crate::source::Span;

/// The nodes that must all hold, by their places, and the unions among them that are already decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Source {
    pub(super) parts: Vec<Span>,
    pub(super) decided: Vec<Span>,
}

/// A schema whose kind is still to be found.
pub(super) struct Unsettled<'d> {
    pub(super) id: SchemaId,
    pub(super) nodes: Vec<&'d Node>,
    pub(super) decided: Vec<Span>,
}

/// A schema whose demands contradict each other, and where they do.
pub(super) struct Contradiction {
    pub(super) schema: SchemaId,
    /// Whether null is a value all the same.
    pub(super) null: bool,
    /// What contradicts what, as errors.
    pub(super) reports: Vec<Diagnostic>,
}

/// A sparse fieldset as it is written: an object with `x-sparse-of`.
pub(super) struct SparseFieldset {
    pub(super) id: SchemaId,
    /// Where it says so.
    pub(super) at: Span,
    /// The name of the full schema.
    pub(super) full: String,
    pub(super) required: Option<Span>,
    pub(super) properties: Vec<(String, Span)>,
}

impl SparseFieldset {
    pub(super) fn new(
        id: SchemaId,
        node: &Node,
        facets: &Facets<'_>,
        properties: &[(&str, Vec<&Node>)],
    ) -> SparseFieldset {
        let place = |nodes: &[&Node]| nodes.first().map_or(node.span, |node| node.span);
        SparseFieldset {
            id,
            at: node.span,
            full: node.as_str().and_then(|text| text.rsplit('/').next()).unwrap_or_default().to_owned(),
            required: facets.required.first().map(|(_, span)| *span),
            properties: properties.iter().map(|(name, nodes)| ((*name).to_owned(), place(nodes))).collect(),
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
