//! What templates receive: every decision made, every piece of Rust marked as such.

use serde::Serialize;

use crate::rust::code::Code;

mod client;
mod operation;
mod parts;

pub use client::*;
pub use operation::*;
pub use parts::*;

/// A file of types.
#[derive(Debug, Serialize)]
pub struct TypesView {
    /// What the file is about.
    pub title: String,
    /// `use` lines.
    pub imports: Vec<Code>,
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
    /// `struct`, `names`, `open_names`, `union`, `alias` or `id`.
    pub form: &'static str,
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

/// A file of codecs.
#[derive(Debug, Default, Serialize)]
pub struct CodecsView {
    /// What the file is about.
    pub title: String,
    /// `use` lines.
    pub imports: Vec<Code>,
    /// The codecs.
    pub codecs: Vec<CodecView>,
}

/// How one type is read and written.
#[derive(Debug, Serialize)]
pub struct CodecView {
    /// The type.
    pub name: Code,
    /// As [`TypeView::form`].
    pub form: &'static str,
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
    pub rule: Vec<Code>,
    /// The map that keeps unknown fields: its Rust name and how one value is read.
    pub rest: Option<RestView>,
    /// The variants of an enum.
    pub variants: Vec<VariantView>,
    /// The branches of a union, and how each is read.
    pub branches: Vec<BranchView>,
    /// The call that chooses a branch, up to its closure.
    pub choose: Code,
    /// The prefix of an id.
    pub prefix: String,
    /// The list whose elements a caller can have trimmed, of an object that holds one.
    pub trimmed: Option<String>,
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

/// A guard's static.
#[derive(Debug, Clone, Serialize)]
pub struct GuardView {
    /// Its name.
    pub name: Code,
    /// The variant of its dialect.
    pub dialect: Code,
    /// The schema, as a literal.
    pub schema: Code,
}

/// What the types need beside, to go both ways.
#[derive(Debug)]
pub struct OtherWaysView {
    /// The condition that it stands under.
    pub features: Code,
    /// The patterns that the server has no use for.
    pub patterns: Vec<PatternView>,
    /// The same of schemas for the interpreter.
    pub guards: Vec<GuardView>,
    /// The types that implement `serde`, where that is asked for.
    pub serde: Option<SerdeView>,
}

/// The types that implement `serde`.
#[derive(Debug, Serialize)]
pub struct SerdeView {
    /// `use` lines.
    pub imports: Vec<Code>,
    /// Their names, each with how it is read where more than its own way is asked.
    pub types: Vec<Code>,
}

/// The root of a contract's module.
#[derive(Debug, Serialize)]
pub struct RootView {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// `info.description`.
    pub docs: String,
    /// What routes begin with at the first server.
    pub base_path: String,
    /// The modules that hold tags.
    pub tags: Vec<TagSummary>,
    /// Webhooks.
    pub webhooks: bool,
    /// Callbacks that can be sent.
    pub callbacks: bool,
    /// Whether the contract itself is part of the crate.
    pub document: bool,
    /// Whether what nobody has written is answered 501.
    pub unwritten: bool,
    /// Whether it is the root of its crate.
    pub alone: bool,
    /// How deep the compiler must look into the types, where that is deeper than usual.
    pub recursion_limit: Option<usize>,
    /// Whether there is a document of `utoipa`.
    pub openapi: bool,
    /// Whether there is a client.
    pub client: bool,
    /// The version of the runtime that the code is made for: major and minor.
    pub runtime: &'static str,
}

/// A tag, as the root sees it.
#[derive(Debug, Clone, Serialize)]
pub struct TagSummary {
    /// The trait.
    pub name: Code,
    /// The module.
    pub module: Code,
    /// The field of `Api`.
    pub field: Code,
    /// The type parameter.
    pub parameter: Code,
    /// The method of `Unwritten` that takes the service.
    pub with: Code,
    /// The first line of its description.
    pub docs: String,
    /// Whether some operation needs a principal.
    pub secured: bool,
    /// The `pub use` of what the tag's module declares.
    pub exports: Code,
    /// The statics of its operations.
    pub data: Vec<Code>,
}

/// The refusals of a contract.
#[derive(Debug, Serialize)]
pub struct ErrorsView {
    /// The markers, each with its status.
    pub statuses: Vec<StatusView>,
    /// The markers of ranges.
    pub ranges: Vec<RangeView>,
    /// The name of the parameter that holds the request's id, with an underscore where nothing uses it.
    pub request_id: Code,
    /// The lines of the function that writes the envelope.
    pub envelope: Vec<Code>,
    /// The media type of the envelope.
    pub media_type: String,
    /// Whether the envelope is RFC 9457's.
    pub problem: bool,
}

/// The marker of a status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatusView {
    /// The status.
    pub code: u16,
    /// The marker.
    pub name: Code,
}

/// The marker of a range of statuses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RangeView {
    /// The marker.
    pub name: Code,
    /// The least status.
    pub low: u16,
    /// The greatest status.
    pub high: u16,
}

/// A security scheme's static.
#[derive(Debug, Serialize)]
pub struct SchemeView {
    /// The static.
    pub name: Code,
    /// Its name in the contract.
    pub id: String,
    /// Its kind.
    pub kind: Code,
    /// The doc comment.
    pub docs: String,
}

/// The contract itself.
#[derive(Debug, Serialize)]
pub struct DocumentView {
    /// As a literal of JSON.
    pub json: Code,
    /// As a literal of YAML.
    pub yaml: Code,
    /// As an expression: JSON of OpenAPI 3.1, where it is asked for.
    pub raised: Option<Code>,
    /// Whether its crate holds no other contract.
    pub alone: bool,
}

/// A webhook.
#[derive(Debug, Serialize)]
pub struct WebhookView {
    /// The constant.
    pub name: Code,
    /// Its name in the contract.
    pub id: String,
    /// The doc comment.
    pub docs: String,
    /// The method.
    pub method: Code,
    /// The type of its payload.
    pub payload: Code,
}
