//! The options for resolving a contract, and the selection of its operations by tag.

use crate::source::{FileId, Sources, Span, Spanned};

use super::schema::RustType;

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
