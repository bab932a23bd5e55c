//! The views of the codec templates: readers and writers of types, and the patterns and schemas that check
//! values.

use serde::Serialize;

use crate::rust::code::Code;

use super::{TypeForm, VariantView};

/// A file of codecs: the readers and writers of some types.
#[derive(Debug, Default, Serialize)]
pub struct CodecsView {
    /// The documentation of a module of codecs.
    pub title: String,
    /// The codecs that the file contains.
    pub codecs: Vec<CodecView>,
}

/// The codec of a type: its implementations of `Read` and `Write`.
#[derive(Debug, Serialize)]
pub struct CodecView {
    /// The name of the type that is read or written.
    pub name: Code,
    /// The form of the type's declaration.
    pub form: TypeForm,
    /// True if the codec contains a reader.
    pub read: bool,
    /// True if the codec contains a writer.
    pub write: bool,
    /// True if the codec contains the names of a string enum, or the implementations of an identifier.
    pub names: bool,
    /// The fields of a struct, including discriminators that have no Rust field.
    pub fields: Vec<FieldCodecView>,
    /// The expressions that move the fields from their variables into the struct.
    pub takes: Vec<Code>,
    /// The rule by which a struct is read.
    pub rule: ObjectRuleView,
    /// The map of undeclared fields, or `None` if the type does not keep them.
    pub rest: Option<RestView>,
    /// The variants, if the type is an enum.
    pub variants: Vec<VariantView>,
    /// The branches, if the type is a union.
    pub branches: Vec<BranchView>,
    /// The call that chooses a branch, up to the closure that reads it. For a wrapper: the expression that
    /// reads its value.
    pub choose: Code,
    /// True if a discriminator chooses the branch, so that no `Branch` rules are needed.
    pub has_discriminator: bool,
    /// The prefix of an identifier, such as `usr`.
    pub prefix: String,
    /// The name of the list whose elements a sparse fieldset applies to, or `None` if the object has no such
    /// list.
    pub sparse_list: Option<String>,
}

/// The fields of a struct's `ObjectRule` that differ from the default.
#[derive(Debug, Default, Serialize)]
pub struct ObjectRuleView {
    /// The names of the fields, as string literals.
    pub fields: Vec<Code>,
    /// The names of the required fields, as string literals.
    pub required: Vec<Code>,
    /// All other fields of the rule, as `name: value`.
    pub more: Vec<Code>,
}

/// The codec of one struct field.
#[derive(Debug, Serialize)]
pub struct FieldCodecView {
    /// The Rust name of a struct field.
    pub name: Code,
    /// The variable that holds the value while the object is read.
    pub variable: Code,
    /// The name of a struct field in JSON.
    pub wire: String,
    /// The index of the field in the rule.
    pub index: usize,
    /// The statement that reads the field.
    pub read: Code,
    /// The constant discriminator value. It is written although it has no Rust field.
    pub tag: Option<String>,
    /// The method of the writer that writes the field: `field`, `maybe` or `patch`.
    pub write: &'static str,
}

/// The map of undeclared fields.
#[derive(Debug, Serialize)]
pub struct RestView {
    /// The Rust name of the field that holds the map of undeclared fields.
    pub name: Code,
    /// The expression that reads one value of the map.
    pub read: Code,
}

/// A branch of a union.
#[derive(Debug, Serialize)]
pub struct BranchView {
    /// The `Branch` rule that decides whether a value matches the branch.
    pub rule: Code,
    /// The variant of the union for the branch.
    pub variant: Code,
    /// The expression that reads the value of the branch.
    pub read: Code,
    /// The index of the branch in the union.
    pub index: usize,
}

/// The static of a pattern.
#[derive(Debug, Clone, Serialize)]
pub struct PatternView {
    /// The name of a pattern's static.
    pub name: Code,
    /// The pattern as the contract contains it, as a string literal.
    pub source: Code,
    /// The pattern in the syntax of the `regex` crate, as a string literal. `None` if the pattern needs
    /// backtracking.
    pub translated: Option<Code>,
}

/// The static of a schema that an interpreter checks.
#[derive(Debug, Clone, Serialize)]
pub struct ValidatorView {
    /// The name of a schema validator's static.
    pub name: Code,
    /// The variant of the runtime's `Dialect`.
    pub dialect: Code,
    /// The schema as JSON, as a string literal.
    pub schema: Code,
}

/// The codecs that only a client or `serde` needs.
#[derive(Debug)]
pub struct ExtraCodecView {
    /// The `cfg` condition of the module, over cargo features.
    pub features: Code,
    /// The patterns that the server does not use.
    pub patterns: Vec<PatternView>,
    /// The schemas for the interpreter that the server does not use.
    pub validators: Vec<ValidatorView>,
    /// The types that implement `serde`, or `None` if the option `serde` is off.
    pub serde: Option<SerdeView>,
}

/// The list of the types that implement `serde`.
#[derive(Debug, Serialize)]
pub struct SerdeView {
    /// The type names, each followed by its reader if the reader is not `Read::read` of the type.
    pub types: Vec<Code>,
}
