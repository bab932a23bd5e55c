//! The constraints of the contract as constant data, one type for each kind of value.

use crate::validate::format::Format;
use crate::validate::pattern::Pattern;

/// What a string must satisfy.
#[derive(Debug, Clone, Copy)]
pub struct StringRule {
    /// The least length in code points.
    pub min: usize,
    /// The greatest length in code points.
    pub max: Option<usize>,
    /// The pattern that must be found in it. A rule that holds one is a `static`, since the
    /// pattern is compiled on first use.
    pub pattern: Option<&'static Pattern>,
    /// The format that it must have.
    pub format: Option<Format>,
}

impl StringRule {
    /// Every string.
    pub const NONE: StringRule = StringRule { min: 0, max: None, pattern: None, format: None };
}

/// What an integer must satisfy, beside the range of its type. Exclusive bounds are folded in.
#[derive(Debug, Clone, Copy)]
pub struct IntegerRule {
    /// The least value.
    pub min: Option<i128>,
    /// The greatest value.
    pub max: Option<i128>,
    /// What it must be a multiple of; zero and less are ignored.
    pub multiple_of: Option<i128>,
}

impl IntegerRule {
    /// Every integer of the type.
    pub const NONE: IntegerRule = IntegerRule { min: None, max: None, multiple_of: None };
}

/// What a number must satisfy.
#[derive(Debug, Clone, Copy)]
pub struct NumberRule {
    /// The least value, or the bound below it.
    pub min: Option<f64>,
    /// The greatest value, or the bound above it.
    pub max: Option<f64>,
    /// Whether `min` itself is refused.
    pub exclusive_min: bool,
    /// Whether `max` itself is refused.
    pub exclusive_max: bool,
    /// What it must be a multiple of, compared as decimal numbers; zero and less are ignored.
    pub multiple_of: Option<f64>,
}

impl NumberRule {
    /// Every finite number.
    pub const NONE: NumberRule =
        NumberRule { min: None, max: None, exclusive_min: false, exclusive_max: false, multiple_of: None };
}

/// What an array must satisfy, beside its elements.
#[derive(Debug, Clone, Copy)]
pub struct ArrayRule {
    /// The least number of elements.
    pub min: usize,
    /// The greatest number of elements.
    pub max: Option<usize>,
    /// Whether no two elements may be equal as JSON.
    pub unique: bool,
}

impl ArrayRule {
    /// Every array.
    pub const NONE: ArrayRule = ArrayRule { min: 0, max: None, unique: false };
}

/// What an object read as a map must satisfy, beside its values.
#[derive(Debug, Clone, Copy)]
pub struct MapRule {
    /// The least number of properties.
    pub min: usize,
    /// The greatest number of properties.
    pub max: Option<usize>,
    /// What every key must satisfy (`propertyNames`).
    pub key: Option<&'static StringRule>,
}

impl MapRule {
    /// Every map.
    pub const NONE: MapRule = MapRule { min: 0, max: None, key: None };
}

/// What an object with known fields must satisfy, beside their values.
#[derive(Debug, Clone, Copy)]
pub struct ObjectRule {
    /// The known fields; reading names them by index.
    pub fields: &'static [&'static str],
    /// The fields that must be there: some of `fields`, best in their order.
    pub required: &'static [&'static str],
    /// What happens to other fields.
    pub unknown: Unknown,
    /// The least number of properties.
    pub min: usize,
    /// The greatest number of properties.
    pub max: Option<usize>,
}

impl ObjectRule {
    /// An object without known fields, whose other fields are ignored.
    pub const NONE: ObjectRule = ObjectRule { fields: &[], required: &[], unknown: Unknown::Ignore, min: 0, max: None };
}

/// What happens to a field that the contract does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It is skipped.
    Ignore,
    /// It is a violation.
    Deny,
    /// It is handed out with its key, for a map of the rest.
    Keep,
}
