//! The views of declared types, the data from which the types of the contract's schemas are rendered.

use serde::Serialize;

use crate::rust::code::Code;

/// The view of a generated file that declares types of the contract's schemas.
#[derive(Debug, Serialize)]
pub struct TypesView {
    /// The documentation of the generated module of types.
    pub title: String,
    /// The types that the generated file declares.
    pub types: Vec<TypeView>,
}

/// The view of a Rust type that is declared from a schema.
#[derive(Debug, Clone, Serialize)]
pub struct TypeView {
    /// The name of the declared Rust type.
    pub name: Code,
    /// The documentation of the declared type: the description or title of its schema, otherwise a sentence
    /// with its name.
    pub docs: String,
    /// True if the contract marks the schema as deprecated.
    pub deprecated: bool,
    /// The form of the type's declaration, such as struct or union.
    pub form: TypeForm,
    /// The fields of the declared type, if it is a struct.
    pub fields: Vec<FieldView>,
    /// The variants of the declared type, if it is an enum.
    pub variants: Vec<VariantView>,
    /// The type that the declared type stands for or contains, if it is an alias or a wrapper.
    pub target: Code,
    /// The prefix of the declared type's values, such as `usr`, if it is an identifier.
    pub prefix: String,
    /// True if the declared type derives `Default`.
    pub default: bool,
    /// True if `Debug` output of the declared type omits a secret that it directly contains.
    pub secret: bool,
    /// The constructor of the struct from its required fields, or `None` if the struct needs none.
    pub constructor: Option<ConstructorView>,
    /// The constructor of the struct from a page of a list, or `None` if the struct is none.
    pub page: Option<PageConstructorView>,
}

/// The view of a struct's constructor from a page of a list.
#[derive(Debug, Clone, Serialize)]
pub struct PageConstructorView {
    /// The parameters of the constructor, as `name: type`.
    pub parameters: Vec<Code>,
    /// The struct expression in the constructor.
    pub value: Code,
}

/// The form in which a Rust type is declared from a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeForm {
    /// A struct with a field for each property of an object schema.
    Struct,
    /// An enum of the strings that the schema lists.
    Names,
    /// An enum of the strings that the schema lists, with a variant for any other string.
    OpenNames,
    /// An enum with a variant for each branch of a union schema.
    Union,
    /// A type alias of another type.
    Alias,
    /// A struct that holds the UUID of an identifier with a prefix, such as `usr_…`.
    Id,
    /// A struct that holds one value, for a schema that contains itself. A type alias could not contain itself.
    Wrapper,
}

/// The view of a struct's constructor, which takes the required fields.
#[derive(Debug, Clone, Serialize)]
pub struct ConstructorView {
    /// The parameters of the constructor, as `name: type`.
    pub parameters: Vec<Code>,
    /// The fields of the struct expression in the constructor, as `name` or `name: value`.
    pub values: Vec<Code>,
    /// True if no field of the struct is required, so that the constructor is an implementation of `Default`.
    pub default: bool,
}

/// The view of a field in a declared struct.
#[derive(Debug, Clone, Serialize)]
pub struct FieldView {
    /// The Rust name of the struct field.
    pub name: Code,
    /// The documentation of the struct field.
    pub docs: String,
    /// True if the contract marks the property of the struct field as deprecated.
    pub deprecated: bool,
    /// The Rust type of the struct field.
    pub ty: Code,
    /// True if the value of the struct field is a secret, which `Debug` output omits.
    pub secret: bool,
}

/// The view of a variant in a declared enum.
#[derive(Debug, Clone, Serialize)]
pub struct VariantView {
    /// The Rust name of the enum variant.
    pub name: Code,
    /// The documentation of the enum variant.
    pub docs: String,
    /// The type that the enum variant holds, if the enum is a union.
    pub ty: Code,
    /// True if the value of the enum variant is a secret, which `Debug` output omits.
    pub secret: bool,
    /// The string that stands for the variant in JSON and parameters, if the enum is a string enum.
    pub wire: String,
    /// The index of the variant in the declared enum.
    pub index: usize,
}
