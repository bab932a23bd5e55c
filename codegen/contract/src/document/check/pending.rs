//! The references that the check of a document has found and not followed yet.

use crate::document::grammar::ObjectKind;
use crate::source::{Pointer, Span};

/// A reference that the check of a contract has found and not followed yet, with its location.
pub(super) struct Pending<'d> {
    /// The source span of the reference whose target is to be checked.
    pub span: Span,
    /// The text of the reference whose target is to be checked.
    pub text: &'d str,
    /// The kind of OpenAPI object that the target of the reference must be.
    pub kind: ObjectKind,
    /// The JSON pointer to the position of the reference in the contract.
    pub pointer: Pointer,
    /// True if the text of the reference may also be the plain name of a component schema.
    pub may_be_name: bool,
}
