//! The values that a schema has: its kind, and the shape of each kind.

use serde_json::Value as Json;

use super::id::SchemaId;
use crate::source::{Span, Spanned};

/// What values a schema has, null aside.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Every JSON value.
    Any,
    /// Only null.
    Null,
    /// True and false.
    Boolean,
    /// Whole numbers.
    Integer(IntegerShape),
    /// Numbers.
    Number(NumberShape),
    /// Text.
    String(StringShape),
    /// Some strings.
    Strings(StringEnum),
    /// Some other values.
    Values(Vec<Json>),
    /// Lists.
    Array(ArrayShape),
    /// Names and values.
    Object(ObjectShape),
    /// One of several schemas.
    Union(UnionShape),
    /// The same values as another schema, under its own annotations.
    Alias(SchemaId),
}

/// Bounds are inclusive; exclusive ones were folded in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntegerShape {
    /// How wide the number is.
    pub width: IntegerWidth,
    /// The least value.
    pub min: Option<i128>,
    /// The greatest value.
    pub max: Option<i128>,
    /// `multipleOf`.
    pub multiple_of: Option<i128>,
}

/// How wide a whole number is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IntegerWidth {
    /// `int32`
    Int32,
    /// `int64`, and where no format is given.
    #[default]
    Int64,
    /// `uint32` and narrower.
    Uint32,
    /// `uint64`, `uint`.
    Uint64,
}

impl IntegerWidth {
    /// The least and the greatest number that it holds.
    pub fn range(self) -> (i128, i128) {
        match self {
            IntegerWidth::Int32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
            IntegerWidth::Int64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
            IntegerWidth::Uint32 => (0, i128::from(u32::MAX)),
            IntegerWidth::Uint64 => (0, i128::from(u64::MAX)),
        }
    }
}

/// A number that need not be whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NumberShape {
    /// How it is held.
    pub width: NumberWidth,
    /// The least value.
    pub min: Option<f64>,
    /// The greatest value.
    pub max: Option<f64>,
    /// Whether `min` itself is out.
    pub exclusive_min: bool,
    /// Whether `max` itself is out.
    pub exclusive_max: bool,
    /// `multipleOf`.
    pub multiple_of: Option<f64>,
}

/// How a number is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NumberWidth {
    /// `float`
    Single,
    /// `double`, and where no format is given.
    #[default]
    Double,
    /// `decimal`, exact.
    Decimal,
}

/// Text with its limits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StringShape {
    /// What the text means.
    pub format: Format,
    /// The least count of code points.
    pub min: Option<u64>,
    /// The greatest count of code points.
    pub max: Option<u64>,
    /// ECMA-262 patterns, all of which must match.
    pub patterns: Vec<(String, Span)>,
}

/// The formats that mean something here; all others stay plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Format {
    /// No format, or one that is not known.
    #[default]
    Plain,
    /// RFC 3339 date-time.
    DateTime,
    /// RFC 3339 full-date.
    Date,
    /// RFC 3339 full-time.
    Time,
    /// ISO 8601 duration, as RFC 3339 appendix A has it.
    Duration,
    /// RFC 9562.
    Uuid,
    /// RFC 5321 mailbox.
    Email,
    /// RFC 3986 URI.
    Uri,
    /// RFC 3986 URI reference.
    UriReference,
    /// RFC 1123.
    Hostname,
    /// RFC 2673.
    Ipv4,
    /// RFC 4291.
    Ipv6,
    /// RFC 4648 base64.
    Byte,
    /// Raw bytes.
    Binary,
    /// An exact decimal number as text.
    Decimal,
    /// `x-id-prefix`: a TypeID.
    Id(String),
}

/// An enumeration of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringEnum {
    /// The values in the order of the contract, without repetition.
    pub values: Vec<String>,
    /// What each is called in Rust, where the contract says: `x-enum-varnames`.
    pub names: Vec<Option<String>>,
    /// `x-extensible-enum`: other strings are kept.
    pub open: bool,
}

/// A list.
#[derive(Debug, Clone)]
pub struct ArrayShape {
    /// What it holds.
    pub items: SchemaId,
    /// `minItems`.
    pub min: Option<u64>,
    /// `maxItems`.
    pub max: Option<u64>,
    /// `uniqueItems`.
    pub unique: bool,
}

/// Names and values.
#[derive(Debug, Clone)]
pub struct ObjectShape {
    /// The properties in the order of the contract.
    pub properties: Vec<Property>,
    /// What other names may hold.
    pub additional: Additional,
    /// `minProperties`.
    pub min: Option<u64>,
    /// `maxProperties`.
    pub max: Option<u64>,
    /// `x-sparse-of`: the full schema of which this one is a sparse fieldset.
    pub sparse_of: Option<SchemaId>,
}

/// One property of an object.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name on the wire.
    pub name: String,
    /// Its schema.
    pub schema: SchemaId,
    /// Whether it must be there.
    pub required: bool,
    /// `x-rust-name`, where it names the field and not its type.
    pub rust_name: Option<Spanned<String>>,
}

/// What names that are no property may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Additional {
    /// Anything, and it is not kept.
    Ignored,
    /// They are refused.
    Denied,
    /// Values of a schema, which are kept.
    Kept(SchemaId),
}

/// One of several schemas.
#[derive(Debug, Clone)]
pub struct UnionShape {
    /// Whether exactly one must fit (`oneOf`) or the first that fits counts (`anyOf`).
    pub exactly_one: bool,
    /// The branches in the order of the contract.
    pub branches: Vec<SchemaId>,
    /// `discriminator`.
    pub discriminator: Option<Discriminator>,
}

/// The property that tells the branches apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discriminator {
    /// Its name.
    pub property: String,
    /// Its values, each with the index of the branch it selects.
    pub mapping: Vec<(String, usize)>,
}
