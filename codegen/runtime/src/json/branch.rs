//! The alternatives of a union (`oneOf` or `anyOf`) as constant data for the JSON reader.

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
    /// The name of the alternative of a union, for the messages of violations.
    pub name: &'static str,
    /// The JSON types of the values that the alternative of a union allows.
    pub types: Types,
    /// The names of the fields that an object must have to match the alternative of a union.
    pub required: &'static [&'static str],
    /// The fields that have a constant value in the alternative: each name, with the constant as JSON text.
    pub consts: &'static [(&'static str, &'static str)],
}

impl Branch {
    /// An alternative of a union that has no name and allows every value: the base for struct update syntax.
    pub const NONE: Branch = Branch { name: "", types: Types::ANY, required: &[], consts: &[] };
}
