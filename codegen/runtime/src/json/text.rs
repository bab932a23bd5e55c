//! The text of a parameter or of a form body, taken apart but not yet typed.

use std::borrow::Cow;

/// A value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextValue<'a> {
    /// One value.
    Scalar(Cow<'a, str>),
    /// Several values.
    List(Vec<TextValue<'a>>),
    /// Names and values.
    Map(Vec<(Cow<'a, str>, TextValue<'a>)>),
}
