//! What the templates of declared types receive.

use serde::Serialize;

use crate::rust::code::Code;

/// A file of types.
#[derive(Debug, Serialize)]
pub struct TypesView {
    /// What the file is about.
    pub title: String,
    /// The types.
    pub types: Vec<TypeView>,
}

/// One declared type.
#[derive(Debug, Clone, Serialize)]
pub struct TypeView {
    /// Its name.
    pub name: Code,
    /// Its name in the contract, or where it stands.
    pub docs: String,
    /// `deprecated`.
    pub deprecated: bool,
    /// What it is declared as.
    pub form: TypeForm,
    /// Fields of a struct.
    pub fields: Vec<FieldView>,
    /// Variants of an enum.
    pub variants: Vec<VariantView>,
    /// The type that an alias stands for.
    pub target: Code,
    /// The prefix of an id.
    pub prefix: String,
    /// Whether the type implements `Default`.
    pub default: bool,
    /// The function that makes one of what is required.
    pub constructor: Option<ConstructorView>,
}

/// What a type is declared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeForm {
    /// A struct of fields.
    Struct,
    /// An enum of the strings that are listed.
    Names,
    /// An enum of the strings that are listed, and of any other.
    OpenNames,
    /// An enum of the branches of a union.
    Union,
    /// Another name of a type.
    Alias,
    /// An identifier with a prefix.
    Id,
    /// A struct around a type that would hold itself otherwise.
    Wrapper,
}

/// A constructor of what is required.
#[derive(Debug, Clone, Serialize)]
pub struct ConstructorView {
    /// What it takes: `name: type`.
    pub parameters: Vec<Code>,
    /// The fields: `name` or `name: value`.
    pub values: Vec<Code>,
    /// Whether nothing is required, so that it is `Default`.
    pub default: bool,
}

/// A field of a struct.
#[derive(Debug, Clone, Serialize)]
pub struct FieldView {
    /// Its Rust name.
    pub name: Code,
    /// Its doc comment.
    pub docs: String,
    /// `deprecated`.
    pub deprecated: bool,
    /// Its type.
    pub ty: Code,
}

/// A variant of an enum.
#[derive(Debug, Clone, Serialize)]
pub struct VariantView {
    /// Its Rust name.
    pub name: Code,
    /// Its doc comment.
    pub docs: String,
    /// The type that it holds.
    pub ty: Code,
    /// Its name on the wire.
    pub wire: String,
    /// Its place.
    pub index: usize,
}
