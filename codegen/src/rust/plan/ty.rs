//! Rust types as values: what a schema, a field or a body becomes.

use std::fmt;

use writ_contract::model::schema::RustType;

use crate::rust::mention::{contract, runtime, std};

/// A Rust type.
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
    /// The same where it is a number on the wire.
    DecimalNumber,
    String,
    DateTime,
    Date,
    Uuid,
    Bytes,
    Value,
    Unit,
    /// The parts of a form, as they arrive.
    Multipart,
    /// The parts that the contract describes, as they arrive.
    Parts(String),
    /// A file while it arrives.
    FileStream,
    /// A file that has arrived.
    FilePart,
    /// Bytes that are sent as they are made.
    ByteStream,
    /// A body with the media type that the contract leaves open.
    AnyMedia(Box<Ty>),
    /// Events of values that are made while they are sent.
    EventStream(Box<Ty>),
    /// The same as lines of JSON.
    JsonLines(Box<Ty>),
    /// A type that is declared from the contract.
    Named(String),
    Vec(Box<Ty>),
    Map(Box<Ty>),
    Option(Box<Ty>),
    Patch(Box<Ty>),
    Page(Box<Ty>),
    Boxed(Box<Ty>),
    /// A type of the user's own, by its whole path.
    Own(String),
    /// The keys that a list is sorted by; the enum of the keys.
    Sort(String),
    /// The page of a list that a request asks for.
    PageRequest,
    /// The precondition of a request on the entity tag.
    IfMatch,
    /// An entity tag.
    ETag,
    /// A status code within a range, as the contract declares.
    AnyStatus(u16, u16),
}

impl Ty {
    /// Returns true if a value has not arrived or is not made yet: it can be neither cloned nor compared.
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

    /// Returns true if the type has a value that stands for nothing: `None`, or an empty list.
    pub fn has_empty(&self) -> bool {
        matches!(self, Ty::Option(_) | Ty::Vec(_) | Ty::Sort(_))
    }
}

impl fmt::Display for Ty {
    /// Writes the type as code that mentions the names it is made of.
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
            Ty::Own(path) => f.write_str(path),
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

/// Returns the path of a type of the user's own: from its crate, so that no name of ours comes between.
pub fn own_path(own: &RustType) -> String {
    match own.text {
        true => format!("writ_runtime::Text<::{}>", own.path.value),
        false => format!("::{}", own.path.value),
    }
}
