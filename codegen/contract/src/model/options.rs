//! The options for resolving a contract, and the selection of its operations by tag.

use crate::source::{FileId, Sources, Span, Spanned};

use super::schema::{ErrorPointers, RustType};

/// The options of [`resolve`](super::resolve), which builds the model. The defaults interpret the contract as written.
#[derive(Debug, Clone)]
pub struct Options {
    /// True if `properties` implies an object and `items` an array, as contracts intend it.
    ///
    /// Otherwise such schemas accept values of all other types, as JSON Schema specifies. Default: true.
    pub implied_types: bool,
    /// True if values are checked against the `format` of their schema, as contracts intend.
    ///
    /// Otherwise `format` is an annotation, as JSON Schema specifies. Default: true.
    pub check_formats: bool,
    /// True if a schema with a discriminator and without `oneOf` is the union of the schemas that extend it by `allOf`.
    ///
    /// Otherwise it is the object that it describes. Default: false.
    pub polymorphic_parents: bool,
    /// True if webhooks and callbacks are resolved as operations that the service calls. Default: false.
    pub outgoing: bool,
    /// The tags of the operations for which code is generated; all tags if empty.
    pub tags: Vec<Spanned<String>>,
    /// The Rust names that the settings give to schemas, operations and tags, for a contract that cannot be edited.
    pub names: Vec<NameOverride>,
    /// The custom types (`x-rust-type`), each with the name of the component schema that it replaces.
    pub types: Vec<(Spanned<String>, RustType)>,
    /// The size limit of request bodies in bytes that applies to operations without `x-body-limit`; 1 MiB if `None`.
    pub body_limit: Option<u64>,
    /// The treatment of unknown fields in objects that do not declare `additionalProperties`.
    pub unknown_fields: UnknownFields,
    /// The treatment of strings outside an enum that does not declare `x-extensible-enum`.
    pub enums: Enums,
    /// The formats that are neither checked nor typed, although the generator knows them.
    pub unchecked_formats: Vec<Spanned<String>>,
    /// The JSON pointers into error schemas, for a contract without `x-error-envelope`.
    pub error_envelope: Option<ErrorPointers>,
    /// The options of single schemas, each with the name of a component schema or a JSON pointer (`#/…`).
    pub schemas: Vec<(Spanned<String>, SchemaOptions)>,
    /// The options of single operations, each with the id of the operation, or its method and path.
    pub operations: Vec<(Spanned<String>, OperationOptions)>,
    /// The settings file and the command line that the options come from, for diagnostics.
    pub sources: Sources,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            implied_types: true,
            check_formats: true,
            polymorphic_parents: false,
            outgoing: false,
            tags: Vec::new(),
            names: Vec::new(),
            types: Vec::new(),
            body_limit: None,
            unknown_fields: UnknownFields::default(),
            enums: Enums::default(),
            unchecked_formats: Vec::new(),
            error_envelope: None,
            schemas: Vec::new(),
            operations: Vec::new(),
            sources: Sources::default(),
        }
    }
}

impl Options {
    /// Replaces the selected tags, which come from the settings file, by the tags given on the command line.
    pub fn set_tags(&mut self, tags: &[String]) {
        let mut line = String::new();
        self.tags.clear();
        for tag in tags {
            line.push_str(if line.is_empty() { "--tag " } else { " --tag " });
            let start = line.len();
            line.push_str(tag);
            self.tags.push(Spanned { value: tag.clone(), span: Span::new(FileId::COMMAND_LINE, start, line.len()) });
        }
        self.sources.set_command_line(line);
    }
}

/// The options of one schema, which take precedence over the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaOptions {
    /// The treatment of unknown fields of the object.
    pub unknown_fields: Option<UnknownFields>,
    /// The treatment of strings outside the enum.
    pub enums: Option<Enums>,
    /// The JSON pointers into the error schema.
    pub error_envelope: Option<ErrorPointers>,
}

/// The options of one operation, which take precedence over the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationOptions {
    /// The size limit of the request body in bytes.
    pub body_limit: Option<u64>,
}

/// The treatment of the fields of an object that its schema does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownFields {
    /// Unknown fields are accepted and dropped.
    #[default]
    Ignore,
    /// Unknown fields are violations, as with `additionalProperties: false`.
    Reject,
    /// Unknown fields are kept in a map, as with `additionalProperties: true`.
    Keep,
}

/// The treatment of strings that an enum does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Enums {
    /// Strings outside the enum are violations.
    #[default]
    Closed,
    /// Strings outside the enum are accepted and kept, as with `x-extensible-enum: true`.
    Open,
}

impl UnknownFields {
    /// All treatments of unknown fields, each with its name in settings.
    pub const NAMES: [(&str, UnknownFields); 3] =
        [("ignore", UnknownFields::Ignore), ("reject", UnknownFields::Reject), ("keep", UnknownFields::Keep)];
}

impl Enums {
    /// All treatments of strings outside an enum, each with its name in settings.
    pub const NAMES: [(&str, Enums); 2] = [("closed", Enums::Closed), ("open", Enums::Open)];
}

/// A Rust name from the settings file, which replaces the name that the contract implies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameOverride {
    /// The kind of object that gets the Rust name: schema, operation or tag.
    pub target: NameTarget,
    /// The name of the object in the contract; for an operation its id.
    pub contract: Spanned<String>,
    /// The Rust name that the object gets in generated code.
    pub rust: Spanned<String>,
}

/// The kind of object that the settings file gives a Rust name to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameTarget {
    /// The Rust name is for a component schema, which the settings identify by its name.
    Schema,
    /// The Rust name is for an operation, which the settings identify by its id.
    Operation,
    /// The Rust name is for a tag and its handler trait.
    Tag,
}
