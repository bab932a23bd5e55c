//! The views of the template for declared types.

use serde::Serialize;

use crate::rust::code::Code;

/// A file of declared types.
#[derive(Debug, Serialize)]
pub struct TypesView {
    /// The documentation of a module of types.
    pub title: String,
    /// The types that the file declares.
    pub types: Vec<TypeView>,
}

/// A type that is declared from a schema.
#[derive(Debug, Clone, Serialize)]
pub struct TypeView {
    /// The name of the declared type.
    pub name: Code,
    /// The documentation of the type: the description or title of its schema, or a sentence with its name.
    pub docs: String,
    /// True if the contract marks the schema as deprecated.
    pub deprecated: bool,
    /// The form of the declaration.
    pub form: TypeForm,
    /// The fields, if the type is a struct.
    pub fields: Vec<FieldView>,
    /// The variants, if the type is an enum.
    pub variants: Vec<VariantView>,
    /// The target, if the type is an alias or a wrapper.
    pub target: Code,
    /// The prefix, if the type is an identifier.
    pub prefix: String,
    /// True if the type derives `Default`.
    pub default: bool,
    /// The constructor from the required fields, or `None` if the type needs none.
    pub constructor: Option<ConstructorView>,
}

/// The form of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeForm {
    /// A struct with a field for each property.
    Struct,
    /// An enum of the strings that the contract lists.
    Names,
    /// An enum of the strings that the contract lists, with a variant for any other string.
    OpenNames,
    /// An enum of the branches of a union.
    Union,
    /// A type alias of another type.
    Alias,
    /// A struct around the UUID of an identifier with a prefix.
    Id,
    /// A struct around a type that could not contain itself as an alias.
    Wrapper,
}

/// A constructor from the required fields.
#[derive(Debug, Clone, Serialize)]
pub struct ConstructorView {
    /// The parameters of the constructor, as `name: type`.
    pub parameters: Vec<Code>,
    /// The fields of the struct expression, as `name` or `name: value`.
    pub values: Vec<Code>,
    /// True if no field is required, so that the constructor is an implementation of `Default`.
    pub default: bool,
}

/// A field of a struct.
#[derive(Debug, Clone, Serialize)]
pub struct FieldView {
    /// The Rust name of a struct field.
    pub name: Code,
    /// The documentation of the field.
    pub docs: String,
    /// True if the contract marks the property as deprecated.
    pub deprecated: bool,
    /// The type of a struct field.
    pub ty: Code,
}

/// A variant of an enum.
#[derive(Debug, Clone, Serialize)]
pub struct VariantView {
    /// The Rust name of an enum variant.
    pub name: Code,
    /// The documentation of the variant.
    pub docs: String,
    /// The type that the variant holds, if the enum is a union.
    pub ty: Code,
    /// The string in JSON and parameters, if the enum is a string enum.
    pub wire: String,
    /// The index of the variant in its enum.
    pub index: usize,
}
