//! The references that the check has not followed yet.

use crate::document::grammar::ObjectKind;
use crate::source::{Pointer, Span};

/// A reference that is not followed yet, with the location where it was found.
pub(super) struct Pending<'d> {
    /// The span of the reference's text.
    pub span: Span,
    /// The text of the reference.
    pub text: &'d str,
    /// The kind of object that the reference stands for.
    pub kind: ObjectKind,
    /// The JSON pointer of the reference.
    pub pointer: Pointer,
    /// True if the text can also be the plain name of a component.
    pub may_be_name: bool,
}
