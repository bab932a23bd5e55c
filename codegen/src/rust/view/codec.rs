//! What the templates of codecs receive: how types are read and written, and what that is checked by.

use serde::Serialize;

use crate::rust::code::Code;

use super::{TypeForm, VariantView};

/// A file of codecs.
#[derive(Debug, Default, Serialize)]
pub struct CodecsView {
    /// What the file is about.
    pub title: String,
    /// The codecs.
    pub codecs: Vec<CodecView>,
}

/// How one type is read and written.
#[derive(Debug, Serialize)]
pub struct CodecView {
    /// The type.
    pub name: Code,
    /// What it is declared as.
    pub form: TypeForm,
    /// Whether it is read.
    pub read: bool,
    /// Whether it is written.
    pub write: bool,
    /// Whether the names of an enum are given beside it, and all of an identifier.
    pub names: bool,
    /// The fields of a struct, discriminators that are none among them.
    pub fields: Vec<FieldCodecView>,
    /// The expressions that take the fields from their variables.
    pub takes: Vec<Code>,
    /// The parts of its `ObjectRule`.
    pub rule: ObjectRuleView,
    /// The map that keeps unknown fields: its Rust name and how one value is read.
    pub rest: Option<RestView>,
    /// The variants of an enum.
    pub variants: Vec<VariantView>,
    /// The branches of a union, and how each is read.
    pub branches: Vec<BranchView>,
    /// The call that chooses a branch, up to its closure.
    pub choose: Code,
    /// True if a discriminator chooses the branch, so that the branches are not described.
    pub has_discriminator: bool,
    /// The prefix of an id.
    pub prefix: String,
    /// The list whose elements are sparse where a caller asks for a sparse fieldset; none in most objects.
    pub sparse_list: Option<String>,
}

/// The `ObjectRule` of a struct: what differs from the default.
#[derive(Debug, Default, Serialize)]
pub struct ObjectRuleView {
    /// The names of the fields, as literals.
    pub fields: Vec<Code>,
    /// The names of those that are required, as literals.
    pub required: Vec<Code>,
    /// All else: `name: value` each.
    pub more: Vec<Code>,
}

/// How one field is read and written.
#[derive(Debug, Serialize)]
pub struct FieldCodecView {
    /// Its Rust name.
    pub name: Code,
    /// The variable that holds it while reading.
    pub variable: Code,
    /// Its name on the wire.
    pub wire: String,
    /// Its index in the rule.
    pub index: usize,
    /// The statement that reads it.
    pub read: Code,
    /// The value that is written of what is no field.
    pub tag: Option<String>,
    /// The call that writes it: `field`, `maybe` or `patch`.
    pub write: &'static str,
}

/// The map of unknown fields.
#[derive(Debug, Serialize)]
pub struct RestView {
    /// Its Rust name.
    pub name: Code,
    /// How one value is read.
    pub read: Code,
}

/// One branch of a union.
#[derive(Debug, Serialize)]
pub struct BranchView {
    /// The `Branch` it is described by.
    pub rule: Code,
    /// The variant.
    pub variant: Code,
    /// How its value is read.
    pub read: Code,
    /// Its place.
    pub index: usize,
}

/// A pattern's static.
#[derive(Debug, Clone, Serialize)]
pub struct PatternView {
    /// Its name.
    pub name: Code,
    /// As the contract spells it, as a literal.
    pub source: Code,
    /// For the linear engine, as a literal.
    pub translated: Option<Code>,
}

/// The static of a schema that an interpreter checks.
#[derive(Debug, Clone, Serialize)]
pub struct ValidatorView {
    /// Its name.
    pub name: Code,
    /// The variant of its dialect.
    pub dialect: Code,
    /// The schema, as a literal.
    pub schema: Code,
}

/// The codecs that a client or `serde` needs beside those of the server.
#[derive(Debug)]
pub struct ExtraCodecView {
    /// The condition that it stands under.
    pub features: Code,
    /// The patterns that the server does not use.
    pub patterns: Vec<PatternView>,
    /// The same of schemas for the interpreter.
    pub validators: Vec<ValidatorView>,
    /// The types that implement `serde`, where that is asked for.
    pub serde: Option<SerdeView>,
}

/// The types that implement `serde`.
#[derive(Debug, Serialize)]
pub struct SerdeView {
    /// Their names, each with how it is read where more than its own way is asked.
    pub types: Vec<Code>,
}
