//! The references that the check of a document has found and not followed yet.

use crate::document::grammar::ObjectKind;
use crate::source::{Pointer, Span};

/// A reference that the check has not followed yet, with its location in the contract.
pub(super) struct Pending<'d> {
    /// The span of the pending reference's text.
    pub span: Span,
    /// The text of the pending reference.
    pub text: &'d str,
    /// The kind of object that the pending reference must lead to.
    pub kind: ObjectKind,
    /// The JSON pointer to the pending reference.
    pub pointer: Pointer,
    /// True if the text can also be the plain name of a component instead of a reference.
    pub may_be_name: bool,
}
