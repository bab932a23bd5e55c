//! What a contract does not say of its own code: which parts are made of it, and how they are called.

use crate::contract::schema::RustType;
use crate::document::{FileId, Sources, Span, Word};

/// How to generate. The default is what a contract says by itself, and nothing optional.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether keywords imply the type that they speak of, as contracts mean it: `properties` an object.
    /// Without it, values of all other types pass them, as JSON Schema has it.
    pub implied_types: bool,
    /// Whether `format` is checked, as contracts mean it. Without it, it is told in the documentation
    /// only, as JSON Schema has it, and a date is a `String`.
    pub check_formats: bool,
    /// Whether to generate a typed client, behind the feature `client`.
    pub client: bool,
    /// Whether types can be compared, behind the feature `eq`.
    pub eq: bool,
    /// Whether to generate the contract as a `utoipa` document, behind the feature `openapi`.
    pub openapi: bool,
    /// Whether to generate `serde` implementations of the types, behind the feature `serde`.
    pub serde: bool,
    /// Whether methods and services that nobody has written yet are answered 501, in place of an
    /// error of the compiler.
    pub unwritten: bool,
    /// The tags whose traits are to be implemented; all of them where none is named.
    pub tags: Vec<Word>,
    /// Names for Rust, where the contract itself cannot be edited.
    pub names: Vec<Naming>,
    /// Types of one's own, each for the component schema of a name.
    pub types: Vec<(Word, RustType)>,
    /// The crates that a standalone crate depends on for them, as in a manifest; the names and the tables.
    pub dependencies: Vec<(Word, toml::Value)>,
    /// The settings file and the command line, where the options stand.
    pub sources: Sources,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            implied_types: true,
            check_formats: true,
            client: false,
            eq: false,
            openapi: false,
            serde: false,
            unwritten: false,
            tags: Vec::new(),
            names: Vec::new(),
            types: Vec::new(),
            dependencies: Vec::new(),
            sources: Sources::default(),
        }
    }
}

/// A name for Rust that the settings give to something of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// What is named.
    pub of: Named,
    /// Its name in the contract.
    pub contract: Word,
    /// Its name in Rust.
    pub rust: Word,
}

/// What of a contract can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A component schema.
    Schema,
    /// An operation, by its id.
    Operation,
    /// A tag.
    Tag,
}

/// A part of what is generated that stands behind a cargo feature of its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A typed client.
    Client,
    /// `PartialEq` of every type.
    Eq,
    /// The contract as a `utoipa` document.
    Openapi,
    /// `serde` implementations.
    Serde,
}

impl Part {
    /// Every part there is.
    pub const ALL: [Part; 4] = [Part::Client, Part::Eq, Part::Openapi, Part::Serde];

    /// Its name: that of the setting, and of the feature of the generated crate.
    pub fn name(self) -> &'static str {
        match self {
            Part::Client => "client",
            Part::Eq => "eq",
            Part::Openapi => "openapi",
            Part::Serde => "serde",
        }
    }

    /// What its feature turns on, as the manifest of the generated crate lists it: features of the
    /// runtime as `writ-runtime/openapi`.
    pub fn turns_on(self) -> &'static [&'static str] {
        match self {
            Part::Client => &["writ-runtime/client"],
            Part::Eq => &[],
            Part::Openapi => &["writ-runtime/openapi"],
            Part::Serde => &["writ-runtime/serde"],
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
            self.tags.push(Word { text: tag.clone(), span: Span::new(FileId::FLAGS, start, line.len()) });
        }
        self.sources.put_flags(line);
    }

    /// Whether a part is to be generated.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Client => self.client,
            Part::Eq => self.eq,
            Part::Openapi => self.openapi,
            Part::Serde => self.serde,
        }
    }

    /// Turns a part on or off.
    pub fn set(&mut self, part: Part, on: bool) {
        match part {
            Part::Client => self.client = on,
            Part::Eq => self.eq = on,
            Part::Openapi => self.openapi = on,
            Part::Serde => self.serde = on,
        }
    }

    /// The features for which types are read and written, whichever way the server uses them.
    pub fn both_ways(&self) -> Vec<Part> {
        [Part::Client, Part::Serde].into_iter().filter(|part| self.has(*part)).collect()
    }

    /// The parts that are to be generated.
    pub fn parts(&self) -> Vec<Part> {
        Part::ALL.into_iter().filter(|part| self.has(*part)).collect()
    }
}
