//! One branch of a union, as constant data.

use super::types::Types;

/// One branch of a union and what decides whether a value can be meant for it.
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// Its name in messages.
    pub name: &'static str,
    /// The JSON types that it takes.
    pub types: Types,
    /// The fields that an object must have.
    pub required: &'static [&'static str],
    /// Fields with a constant value, as JSON text.
    pub consts: &'static [(&'static str, &'static str)],
}

impl Branch {
    /// A branch that takes everything.
    pub const NONE: Branch = Branch { name: "", types: Types::ANY, required: &[], consts: &[] };
}
