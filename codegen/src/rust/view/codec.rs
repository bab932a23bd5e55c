//! The views of the codec templates, the data from which the code that reads and writes JSON is rendered:
//! readers and writers of types, and the patterns and schemas that check values.

use serde::Serialize;

use crate::rust::code::Code;

use super::{TypeForm, VariantView};

/// The view of a generated file of codecs: the readers and writers of some types.
#[derive(Debug, Default, Serialize)]
pub struct CodecsView {
    /// The documentation of the generated module of codecs.
    pub title: String,
    /// The codecs that the generated file contains.
    pub codecs: Vec<CodecView>,
}

/// The view of the codec of a generated type: its implementations of `Read` and `Write`.
#[derive(Debug, Serialize)]
pub struct CodecView {
    /// The name of the type that the codec reads or writes.
    pub name: Code,
    /// The form of the type's declaration, such as struct or union.
    pub form: TypeForm,
    /// True if the codec contains a reader.
    pub read: bool,
    /// True if the codec contains a writer.
    pub write: bool,
    /// True if the codec contains the names of a string enum, or the implementations of an identifier.
    pub names: bool,
    /// The fields of the struct that the codec reads and writes, including discriminators that have no Rust field.
    pub fields: Vec<FieldCodecView>,
    /// The field initializers of the struct expression in the generated reader. Each moves the value of a field out
    /// of its variable.
    pub takes: Vec<Code>,
    /// The rule that a JSON object must satisfy to be read as the struct.
    pub rule: ObjectRuleView,
    /// The map of undeclared JSON fields, or `None` if the type does not keep them.
    pub rest: Option<RestView>,
    /// The variants of the type that the codec reads and writes, if the type is an enum.
    pub variants: Vec<VariantView>,
    /// The branches of the type that the codec reads and writes, if the type is a union.
    pub branches: Vec<BranchView>,
    /// The reader call that chooses a branch of a union, up to the closure that reads the branch. For a wrapper type,
    /// the expression that reads the wrapped value.
    pub choose: Code,
    /// True if a discriminator chooses the branch of a union, so that no `Branch` rules are needed.
    pub has_discriminator: bool,
    /// The prefix of an identifier type such as `usr`; empty for other types.
    pub prefix: String,
    /// The name of the JSON field with the list whose elements a sparse fieldset (a selection of fields)
    /// applies to. `None` if the object has no such list.
    pub sparse_list: Option<String>,
    /// The check of a value before it leaves, or `None` if values of the type cannot break the contract.
    pub check: Option<CheckView>,
}

/// The view of the check that holds the values of a type to the contract before they leave.
#[derive(Debug, Serialize)]
pub struct CheckView {
    /// The statements of the check. For a union, the arms of a match on its variants.
    pub statements: Vec<Code>,
    /// True if the type is a union and some of its variants need no check.
    pub partial: bool,
}

/// The view of the runtime's `ObjectRule` for a struct: the rule's fields that differ from the default.
#[derive(Debug, Default, Serialize)]
pub struct ObjectRuleView {
    /// The names of the JSON fields that the struct declares, as string literals.
    pub fields: Vec<Code>,
    /// The names of the required JSON fields, as string literals.
    pub required: Vec<Code>,
    /// All other fields of the `ObjectRule`, as `name: value`.
    pub more: Vec<Code>,
}

/// The view of the code that reads and writes one struct field.
#[derive(Debug, Serialize)]
pub struct FieldCodecView {
    /// The Rust name of the struct field.
    pub name: Code,
    /// The variable that holds the value of the field while the JSON object is read.
    pub variable: Code,
    /// The name of the struct field in JSON.
    pub wire: String,
    /// The index of the field in the `ObjectRule` of the struct.
    pub index: usize,
    /// The statement that reads the value of the field.
    pub read: Code,
    /// The constant value of a discriminator. It is written to JSON although the struct has no field for it.
    /// `None` for all other fields.
    pub tag: Option<String>,
    /// The method of the writer that writes the field: `field`, `maybe` or `patch`.
    pub write: &'static str,
}

/// The view of the struct field that keeps JSON fields which the schema does not declare.
#[derive(Debug, Serialize)]
pub struct RestView {
    /// The Rust name of the struct field that holds the map of undeclared JSON fields.
    pub name: Code,
    /// The expression that reads the value of one undeclared JSON field.
    pub read: Code,
}

/// The view of the code that reads one branch of a union.
#[derive(Debug, Serialize)]
pub struct BranchView {
    /// The expression of the runtime's `Branch`, the rule that decides whether a value matches the branch.
    pub rule: Code,
    /// The variant of the union's enum for the branch.
    pub variant: Code,
    /// The expression that reads the value of the branch.
    pub read: Code,
    /// The index of the branch in the union.
    pub index: usize,
}

/// The view of the generated static of a pattern, a regular expression of the contract.
#[derive(Debug, Clone, Serialize)]
pub struct PatternView {
    /// The name of the pattern's static.
    pub name: Code,
    /// The pattern (regular expression) as the contract contains it, as a string literal.
    pub source: Code,
    /// The pattern in the syntax of the `regex` crate, as a string literal. `None` if the pattern needs
    /// backtracking.
    pub translated: Option<Code>,
    /// True if the server only writes values with this pattern, so that its code may not check them.
    pub may_be_unused: bool,
}

/// The view of the generated static of a schema validator. It holds a schema that the runtime's JSON Schema
/// interpreter checks, since generated code cannot.
#[derive(Debug, Clone, Serialize)]
pub struct ValidatorView {
    /// The name of the schema validator's static.
    pub name: Code,
    /// The JSON Schema dialect, as a variant of the runtime's `Dialect`.
    pub dialect: Code,
    /// The string literal of the schema that the validator checks, as JSON.
    pub schema: Code,
    /// True if the server only writes values of this schema, so that its code may not check them.
    pub may_be_unused: bool,
}

/// The view of the module of codecs that only a client or `serde` needs.
#[derive(Debug)]
pub struct ExtraCodecView {
    /// The `cfg` condition of the module of codecs that only a client or `serde` needs: an expression over cargo
    /// features.
    pub features: Code,
    /// The patterns (regular expressions) that only a client or `serde` needs and the server does not.
    pub patterns: Vec<PatternView>,
    /// The schema validators that only a client or `serde` needs and the server does not.
    pub validators: Vec<ValidatorView>,
    /// The types that implement the traits of `serde`, or `None` if the option `serde` is off.
    pub serde: Option<SerdeView>,
}

/// The view of the generated file that implements the traits of `serde` for types of the contract.
#[derive(Debug, Serialize)]
pub struct SerdeView {
    /// The types that implement `Serialize` and `Deserialize`. A type is followed by its reader if the reader
    /// is not `Read::read` of the type.
    pub types: Vec<Code>,
}
