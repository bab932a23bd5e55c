//! Rust types as values: the type of a schema, a field or a body.

use std::fmt;

use writ_contract::model::schema::RustType;

use crate::rust::mention::{contract, runtime, std};

/// A Rust type in generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the types")]
pub enum Ty {
    Bool,
    I32,
    I64,
    U32,
    U64,
    F32,
    F64,
    Decimal,
    /// A decimal that is a number in JSON.
    DecimalNumber,
    String,
    DateTime,
    Date,
    Uuid,
    Bytes,
    Value,
    Unit,
    /// A multipart body whose parts the contract does not describe, while it arrives.
    Multipart,
    /// A multipart body whose parts the contract describes, while it arrives; the name of the enum of its
    /// parts.
    Parts(String),
    /// A file of a multipart body, while it arrives.
    FileStream,
    /// A file of a multipart body, in memory.
    FilePart,
    /// A stream of bytes.
    ByteStream,
    /// A body with a concrete media type, where the contract declares a range such as `image/*`.
    AnyMedia(Box<Ty>),
    /// A stream of server-sent events.
    EventStream(Box<Ty>),
    /// A stream of values as lines of JSON.
    JsonLines(Box<Ty>),
    /// A type that is declared from the contract, by its name.
    Named(String),
    Vec(Box<Ty>),
    Map(Box<Ty>),
    Option(Box<Ty>),
    Patch(Box<Ty>),
    Page(Box<Ty>),
    Boxed(Box<Ty>),
    /// A custom type, by its full path.
    Custom(String),
    /// A list of sort keys, by the name of the enum of the keys.
    Sort(String),
    /// The page of a list that a request selects.
    PageRequest,
    /// The entity tags of an `If-Match` header.
    IfMatch,
    /// An entity tag.
    ETag,
    /// A status code between the two bounds.
    AnyStatus(u16, u16),
}

impl Ty {
    /// Returns true if a value is a stream, or has not arrived yet. Such a type implements neither `Clone`
    /// nor `PartialEq`.
    pub fn is_streamed(&self) -> bool {
        match self {
            Ty::Multipart | Ty::Parts(_) | Ty::FileStream => true,
            Ty::ByteStream | Ty::EventStream(_) | Ty::JsonLines(_) => true,
            Ty::Option(inner) => inner.is_streamed(),
            _ => false,
        }
    }

    /// Returns the type wrapped in `Option`.
    pub fn optional(self) -> Ty {
        Ty::Option(Box::new(self))
    }

    /// Returns true if the type has an empty value: `None`, or an empty list.
    pub fn has_empty(&self) -> bool {
        matches!(self, Ty::Option(_) | Ty::Vec(_) | Ty::Sort(_))
    }
}

impl fmt::Display for Ty {
    /// Writes the type as code, with mentions of its names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Bool => f.write_str("bool"),
            Ty::I32 => f.write_str("i32"),
            Ty::I64 => f.write_str("i64"),
            Ty::U32 => f.write_str("u32"),
            Ty::U64 => f.write_str("u64"),
            Ty::F32 => f.write_str("f32"),
            Ty::F64 => f.write_str("f64"),
            Ty::String => f.write_str("String"),
            Ty::Unit => f.write_str("()"),
            Ty::Decimal => runtime("Decimal").fmt(f),
            Ty::DecimalNumber => runtime("DecimalNumber").fmt(f),
            Ty::DateTime => write!(f, "{}<{}>", runtime("DateTime"), runtime("Utc")),
            Ty::Date => runtime("NaiveDate").fmt(f),
            Ty::Uuid => runtime("Uuid").fmt(f),
            Ty::Bytes => runtime("Bytes").fmt(f),
            Ty::Value => runtime("Value").fmt(f),
            Ty::Multipart => runtime("Multipart").fmt(f),
            Ty::Parts(part) => write!(f, "{}<{}>", runtime("Parts"), contract(part)),
            Ty::FileStream => runtime("FileStream").fmt(f),
            Ty::FilePart => runtime("FilePart").fmt(f),
            Ty::ByteStream => runtime("ByteStream").fmt(f),
            Ty::EventStream(inner) => write!(f, "{}<{inner}>", runtime("EventStream")),
            Ty::JsonLines(inner) => write!(f, "{}<{inner}>", runtime("JsonLines")),
            Ty::AnyMedia(inner) => write!(f, "{}<{inner}>", runtime("AnyMedia")),
            Ty::Named(name) => contract(name).fmt(f),
            Ty::Custom(path) => f.write_str(path),
            Ty::Vec(inner) => write!(f, "Vec<{inner}>"),
            Ty::Map(inner) => write!(f, "{}<String, {inner}>", std("std::collections::BTreeMap")),
            Ty::Option(inner) => write!(f, "Option<{inner}>"),
            Ty::Patch(inner) => write!(f, "{}<{inner}>", runtime("Patch")),
            Ty::Page(inner) => write!(f, "{}<{inner}>", runtime("Page")),
            Ty::Boxed(inner) => write!(f, "Box<{inner}>"),
            Ty::Sort(key) => write!(f, "Vec<{}<{}>>", runtime("Sort"), contract(key)),
            Ty::PageRequest => runtime("PageRequest").fmt(f),
            Ty::IfMatch => runtime("IfMatch").fmt(f),
            Ty::ETag => runtime("ETag").fmt(f),
            Ty::AnyStatus(low, high) => write!(f, "{}<{low}, {high}>", runtime("AnyStatus")),
        }
    }
}

/// Returns the path of a custom type. It begins at the crate, so that no generated name can shadow it.
pub fn custom_path(own: &RustType) -> String {
    match own.text {
        true => format!("writ_runtime::Text<::{}>", own.path.value),
        false => format!("::{}", own.path.value),
    }
}
