//! The alternatives of a union as constant data.

use super::types::Types;

/// An alternative of a `oneOf` or `anyOf`, with the properties that tell whether a value can match it.
///
/// See [`Reader::one_of`](crate::Reader::one_of) for its use.
///
/// ```
/// use writ_runtime::{Branch, Types};
///
/// // An object with `"kind": "card"` and a field `number`.
/// const CARD: Branch =
///     Branch { name: "Card", types: Types::OBJECT, required: &["number"], consts: &[("kind", "\"card\"")] };
/// # assert_eq!(CARD.name, "Card");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// The name of the alternative in messages.
    pub name: &'static str,
    /// The JSON types of the values that the alternative allows.
    pub types: Types,
    /// The names of the fields that an object must have to match the alternative.
    pub required: &'static [&'static str],
    /// The names of the fields with a constant value, each with the value as JSON text.
    pub consts: &'static [(&'static str, &'static str)],
}

impl Branch {
    /// An alternative without a name that allows every value.
    pub const NONE: Branch = Branch { name: "", types: Types::ANY, required: &[], consts: &[] };
}
