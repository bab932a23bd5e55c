//! An overlay as data: its version, the contract that it is for, and its actions.

use crate::document::node::Node;
use crate::source::{Span, Spanned};

/// An overlay: an ordered list of changes to a contract.
#[derive(Debug)]
pub(in crate::document) struct Overlay {
    /// The version of the Overlay Specification that the overlay declares.
    pub(super) edition: Edition,
    /// The URI reference of the contract that the overlay is written for.
    pub extends: Option<Spanned<String>>,
    /// The changes of the overlay, in the order in which they are applied.
    pub(super) actions: Vec<Action>,
}

/// A version of the Overlay Specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    /// Overlay Specification 1.0.
    V10,
    /// Overlay Specification 1.1, which adds `copy` and targets that are primitive values.
    V11,
}

/// A change of an overlay to every node that its target selects.
#[derive(Debug)]
pub(super) struct Action {
    /// The position of the action in the overlay, from 1.
    pub number: usize,
    /// The JSONPath query that selects the nodes to change.
    pub target: Spanned<String>,
    /// The modification of the selected nodes.
    pub change: Change,
}

/// The modification that an action makes at each node of its target.
#[derive(Debug)]
pub(super) enum Change {
    /// The action merges this value into the selected nodes.
    Update(Node),
    /// The action merges the node that this JSONPath query selects into the selected nodes.
    Copy(Spanned<String>),
    /// The action removes the selected nodes. The span is that of the field `remove`.
    Remove(Span),
}

impl Overlay {
    /// Returns the spans of the values that the overlay adds to a contract, each with a note that names its action.
    pub(in crate::document) fn origins(&self) -> Vec<(Span, String)> {
        let updates = self.actions.iter().filter_map(|action| match &action.change {
            Change::Update(value) => Some((value.span, action.origin("is from"))),
            Change::Copy(_) | Change::Remove(_) => None,
        });
        updates.collect()
    }
}

impl Action {
    /// Returns a note about the relation of a node to the action, such as "this is from action 1 of the overlay".
    pub(super) fn origin(&self, relation: &str) -> String {
        format!("this {relation} action {} of the overlay, with the target `{}`", self.number, self.target.value)
    }
}
