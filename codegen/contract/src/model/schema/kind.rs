//! The kinds of schemas in the model, and the constraints of each kind.

use serde_json::Value as Json;

use super::id::SchemaId;
use crate::source::{Span, Spanned};

/// The kind of a schema: the set of its valid values, apart from null.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::schema::Format;
/// use writ_contract::model::{Kind, Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
/// let pet = contract.components[1];
/// let Kind::Object(object) = contract.schemas.kind(pet) else { panic!("`Pet` is an object") };
/// let born_on = &object.properties[1];
/// assert!(contract.schemas.nullable(born_on.schema));
/// let Kind::String(text) = contract.schemas.kind(born_on.schema) else { panic!("`bornOn` is a string") };
/// assert_eq!(text.format, Format::Date);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub enum Kind {
    /// A schema that allows every JSON value, of every type.
    Any,
    /// A schema that allows only null.
    Null,
    /// A schema that allows the booleans.
    Boolean,
    /// A schema that allows the integers that satisfy the contained constraints.
    Integer(IntegerShape),
    /// A schema that allows the numbers that satisfy the contained constraints.
    Number(NumberShape),
    /// A schema that allows the strings that satisfy the contained constraints.
    String(StringShape),
    /// A schema that allows the strings of an enumeration (`enum`, `const`).
    Strings(StringEnum),
    /// A schema that allows the JSON values of an enumeration with values other than strings (`enum`, `const`).
    Values(Vec<Json>),
    /// A schema that allows the arrays that satisfy the contained constraints.
    Array(ArrayShape),
    /// A schema that allows the objects that satisfy the contained constraints.
    Object(ObjectShape),
    /// A schema that allows the values of several schemas, its branches (`oneOf`, `anyOf`).
    Union(UnionShape),
    /// A schema that allows the values of another schema, and only has other annotations.
    Alias(SchemaId),
}

/// The constraints of an integer schema. The bounds are inclusive; exclusive bounds are converted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntegerShape {
    /// The width of the integer type for the values of an integer schema.
    pub width: IntegerWidth,
    /// The lowest valid integer of an integer schema (`minimum`).
    pub min: Option<i128>,
    /// The highest valid integer of an integer schema (`maximum`).
    pub max: Option<i128>,
    /// The number that all valid integers of an integer schema are multiples of (`multipleOf`).
    pub multiple_of: Option<i128>,
}

/// The width of the integer type for the values of an integer schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IntegerWidth {
    /// The integers of the schema are signed, with 32 bits (`int32` and narrower formats).
    Int32,
    /// The integers of the schema are signed, with 64 bits (`int64`, or no format).
    #[default]
    Int64,
    /// The integers of the schema are unsigned, with 32 bits (`uint32` and narrower formats).
    Uint32,
    /// The integers of the schema are unsigned, with 64 bits (`uint64`, `uint`).
    Uint64,
}

impl IntegerWidth {
    /// Returns the lowest and the highest integer that an integer type of this width can hold.
    pub fn range(self) -> (i128, i128) {
        match self {
            IntegerWidth::Int32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
            IntegerWidth::Int64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
            IntegerWidth::Uint32 => (0, i128::from(u32::MAX)),
            IntegerWidth::Uint64 => (0, i128::from(u64::MAX)),
        }
    }
}

/// The constraints of a schema whose values are numbers and need not be integers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NumberShape {
    /// The representation of the values of a number schema, such as 64-bit floating point.
    pub width: NumberWidth,
    /// The lower bound for the values of a number schema.
    pub min: Option<f64>,
    /// The upper bound for the values of a number schema.
    pub max: Option<f64>,
    /// True if the lower bound of a number schema is not itself a valid number.
    pub exclusive_min: bool,
    /// True if the upper bound of a number schema is not itself a valid number.
    pub exclusive_max: bool,
    /// The number that all values of a number schema are multiples of (`multipleOf`).
    pub multiple_of: Option<f64>,
    /// The bounds and the divisor of a number schema with all their digits.
    pub written: WrittenNumbers,
}

/// The constraints of a number schema as JSON numbers with all their digits. `None` is a number that its `f64` already
/// represents by the shortest decimal notation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenNumbers {
    /// The lower bound for the values of a number schema.
    pub min: Option<String>,
    /// The upper bound for the values of a number schema.
    pub max: Option<String>,
    /// The number that all values of a number schema are multiples of (`multipleOf`), with at most 18 digits.
    pub multiple_of: Option<String>,
}

/// The representation of the values of a number schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NumberWidth {
    /// The numbers of the schema are 32-bit floating-point numbers (`float`).
    Single,
    /// The numbers of the schema are 64-bit floating-point numbers (`double`, or no format).
    #[default]
    Double,
    /// The numbers of the schema are exact decimal numbers (`decimal`).
    Decimal,
}

/// The constraints of a string schema.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StringShape {
    /// The format of valid strings (`format`).
    pub format: Format,
    /// The lowest number of code points in a valid string (`minLength`).
    pub min: Option<u64>,
    /// The highest number of code points in a valid string (`maxLength`).
    pub max: Option<u64>,
    /// The patterns (ECMA-262) that a valid string must match, all of them, each with its span.
    pub patterns: Vec<(String, Span)>,
}

/// The format of a string schema that is typed or checked; strings of other formats are not checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Format {
    /// The string schema has no format, or one that is not checked.
    #[default]
    Plain,
    /// The string is a date and time (RFC 3339, `date-time`).
    DateTime,
    /// The string is a date (RFC 3339, `full-date`).
    Date,
    /// The string is a date and time, or a date that stands for its midnight in UTC. Only a parameter has this format: one
    /// that accepts both.
    Moment,
    /// The string is a time (RFC 3339, `full-time`).
    Time,
    /// The string is a duration (ISO 8601, as in RFC 3339, appendix A).
    Duration,
    /// The string is a UUID (RFC 9562).
    Uuid,
    /// The string is an email address (RFC 5321, `Mailbox`).
    Email,
    /// The string is a URI (RFC 3986).
    Uri,
    /// The string is a URI reference (RFC 3986).
    UriReference,
    /// The string is a host name (RFC 1123).
    Hostname,
    /// The string is an IPv4 address (RFC 2673).
    Ipv4,
    /// The string is an IPv6 address (RFC 4291).
    Ipv6,
    /// The string contains bytes in base64 (RFC 4648).
    Byte,
    /// The string is raw bytes (`binary`), which cannot appear in JSON.
    Binary,
    /// The string is an exact decimal number (`decimal`).
    Decimal,
    /// The string is a TypeID with this prefix (`x-id-prefix`).
    Id(String),
}

/// An enumeration of strings, as the constraint of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringEnum {
    /// The values of the enumeration in the order of the contract, without duplicates.
    pub values: Vec<String>,
    /// The Rust name of each enumeration value, if the contract declares it (`x-enum-varnames`).
    pub names: Vec<Option<String>>,
    /// True if strings outside the enumeration are valid too and are kept (`x-extensible-enum`).
    pub open: bool,
}

/// The constraints of an array schema.
#[derive(Debug, Clone)]
pub struct ArrayShape {
    /// The schema of the array's elements.
    pub items: SchemaId,
    /// The lowest number of elements in a valid array (`minItems`).
    pub min: Option<u64>,
    /// The highest number of elements in a valid array (`maxItems`).
    pub max: Option<u64>,
    /// True if all elements of a valid array must differ (`uniqueItems`).
    pub unique: bool,
}

/// The constraints of an object schema.
#[derive(Debug, Clone)]
pub struct ObjectShape {
    /// The named properties of the object, in the order of the contract.
    pub properties: Vec<Property>,
    /// The treatment of properties that the object schema does not name (`additionalProperties`).
    pub additional: Additional,
    /// The lowest number of properties in a valid object (`minProperties`).
    pub min: Option<u64>,
    /// The highest number of properties in a valid object (`maxProperties`).
    pub max: Option<u64>,
    /// The complete schema of which this object schema is a sparse fieldset (`x-sparse-of`).
    pub sparse_of: Option<SchemaId>,
}

/// A named property of an object schema.
#[derive(Debug, Clone)]
pub struct Property {
    /// The name of the property in the JSON object.
    pub name: String,
    /// The schema of the property's value.
    pub schema: SchemaId,
    /// True if a valid object must contain the property.
    pub required: bool,
    /// The Rust name that the contract gives to a property (`x-rust-name`): of its field if in lower case, of
    /// its type if in upper case.
    pub rust_name: Option<Spanned<String>>,
}

/// The treatment of properties that an object schema does not name (`additionalProperties`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Additional {
    /// Properties that the object schema does not name are valid, but their values are not kept.
    Ignored,
    /// Properties that the object schema does not name are rejected.
    Denied,
    /// Properties that the object schema does not name are kept; their values must match this schema.
    Kept(SchemaId),
}

/// A union of several schemas, its branches (`oneOf`, `anyOf`).
#[derive(Debug, Clone)]
pub struct UnionShape {
    /// True if a value must match exactly one branch of the union (`oneOf`); otherwise the first matching
    /// branch is used (`anyOf`).
    pub exactly_one: bool,
    /// The branches of the union, in the order of the contract.
    pub branches: Vec<SchemaId>,
    /// The property of the value that selects the branch of the union (`discriminator`).
    pub discriminator: Option<Discriminator>,
}

/// The discriminator of a union: the property of a value that selects the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discriminator {
    /// The name of the property whose value selects the branch of the union.
    pub property: String,
    /// The values of the discriminator property, each with the index of the union's branch that it selects.
    pub mapping: Vec<(String, usize)>,
    /// The index of the union's branch for a value whose discriminator property is absent or has another value
    /// (`defaultMapping`); `None` if such a value is not valid.
    pub default: Option<usize>,
}
