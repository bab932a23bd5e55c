//! References that are still to be followed.

use crate::document::grammar::ObjectKind;
use crate::source::{Pointer, Span};

/// A reference that is still to be followed.
pub(super) struct Pending<'d> {
    pub span: Span,
    pub text: &'d str,
    /// The kind of object that it stands for.
    pub kind: ObjectKind,
    pub pointer: Pointer,
    /// True if the text may be a plain name instead.
    pub may_be_name: bool,
}
