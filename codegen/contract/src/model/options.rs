//! The options that decide how a contract is resolved, and which part of it is selected.

use crate::source::{FileId, Sources, Span, Spanned};

use super::schema::RustType;

/// How to resolve a contract. The default is what the contract says by itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// True if keywords imply the type that they speak of, as contracts mean it: `properties` an object.
    /// Otherwise values of all other types pass them, as JSON Schema has it.
    pub implied_types: bool,
    /// True if `format` is checked, as contracts mean it. Otherwise it is an annotation, as JSON Schema
    /// has it.
    pub check_formats: bool,
    /// True if webhooks and callbacks are resolved as operations that the service calls.
    pub outgoing: bool,
    /// The tags whose operations are selected; all of them if empty.
    pub tags: Vec<Spanned<String>>,
    /// Names for Rust, where the contract itself cannot be edited.
    pub names: Vec<NameOverride>,
    /// The user's own types, each for the component schema of a name.
    pub types: Vec<(Spanned<String>, RustType)>,
    /// The settings file and the command line, where the options stand.
    pub sources: Sources,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            implied_types: true,
            check_formats: true,
            outgoing: false,
            tags: Vec::new(),
            names: Vec::new(),
            types: Vec::new(),
            sources: Sources::default(),
        }
    }
}

impl Options {
    /// Takes the tags that the command line names, in place of those of the settings.
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

/// A Rust name from the settings, in place of the one that the contract implies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameOverride {
    /// The kind of object.
    pub target: NameTarget,
    /// Its name in the contract.
    pub contract: Spanned<String>,
    /// Its name in Rust.
    pub rust: Spanned<String>,
}

/// The kinds of objects that the settings can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameTarget {
    /// A component schema.
    Schema,
    /// An operation, by its id.
    Operation,
    /// A tag.
    Tag,
}
