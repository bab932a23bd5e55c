//! Rust types as data of the generator: the type of a schema, a field or a body.

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
    /// A decimal that is written as a number in JSON, not as a string.
    DecimalNumber,
    String,
    DateTime,
    Date,
    Uuid,
    Bytes,
    Value,
    Unit,
    /// A multipart body that is still arriving and whose parts the contract does not describe.
    Multipart,
    /// A multipart body that is still arriving and whose parts the contract describes. Holds the name of the
    /// enum of its parts.
    Parts(String),
    /// A file of a multipart body that is still arriving.
    FileStream,
    /// A file of a multipart body that is completely in memory.
    FilePart,
    /// A body that is a stream of bytes.
    ByteStream,
    /// A body with its concrete media type, for a contract that declares a range such as `image/*`.
    AnyMedia(Box<Ty>),
    /// A body that is a stream of server-sent events.
    EventStream(Box<Ty>),
    /// A body that is a stream of values, each on a line of JSON.
    JsonLines(Box<Ty>),
    /// A type that is declared from a schema of the contract, by its name.
    Named(String),
    Vec(Box<Ty>),
    Map(Box<Ty>),
    Option(Box<Ty>),
    Patch(Box<Ty>),
    Page(Box<Ty>),
    Boxed(Box<Ty>),
    /// A custom type (`x-rust-type`), by its full path.
    Custom(String),
    /// The sort keys of a request, by the name of the enum of the keys.
    Sort(String),
    /// The page of a list that a request selects.
    PageRequest,
    /// The entity tags of an `If-Match` header.
    IfMatch,
    /// An entity tag of a response, in the header `ETag`.
    ETag,
    /// A status code between the two bounds, inclusive.
    AnyStatus(u16, u16),
}

impl Ty {
    /// Returns true if a value of the Rust type is a stream, or is still arriving. Such a type implements
    /// neither `Clone` nor `PartialEq`.
    pub fn is_streamed(&self) -> bool {
        match self {
            Ty::Multipart | Ty::Parts(_) | Ty::FileStream => true,
            Ty::ByteStream | Ty::EventStream(_) | Ty::JsonLines(_) => true,
            Ty::Option(inner) => inner.is_streamed(),
            _ => false,
        }
    }

    /// Returns the Rust type wrapped in `Option`.
    pub fn optional(self) -> Ty {
        Ty::Option(Box::new(self))
    }

    /// Returns true if the Rust type has an empty value: `None`, or an empty list.
    pub fn has_empty(&self) -> bool {
        matches!(self, Ty::Option(_) | Ty::Vec(_) | Ty::Sort(_))
    }
}

impl fmt::Display for Ty {
    /// Writes the Rust type as code, in which names are mentions that imports follow from.
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

/// Returns the code of a custom type (`x-rust-type`). Its path begins with `::`, so that no generated name can
/// shadow it.
pub fn custom_path(own: &RustType) -> String {
    match own.text {
        true => format!("writ_runtime::Text<::{}>", own.path.value),
        false => format!("::{}", own.path.value),
    }
}
