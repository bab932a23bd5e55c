//! The options of generation: the optional parts of the generated code, and names and types that differ from
//! the contract.

use std::path::PathBuf;

use writ_contract::model;
use writ_contract::source::Spanned;

/// The options of generation. The default generates only the server code, exactly as the contract declares it.
///
/// ```
/// use writ_codegen::options::{Options, Part};
///
/// let mut options = Options::default();
/// options.set(Part::Client, true);
/// assert_eq!(options.parts(), [Part::Client]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The options for resolving the contract, such as selected tags and overridden names. The field `outgoing`
    /// is true if a client is generated, since only a client sends webhooks and callbacks.
    pub contract: model::Options,
    /// The files of overlays (Overlay Specification), which change the contract before it is read, in this order.
    pub overlays: Vec<PathBuf>,
    /// True if generated types implement `PartialEq`, behind the cargo feature `eq`.
    pub eq: bool,
    /// True if the contract is also generated as a document of `utoipa`, behind the cargo feature `openapi`.
    pub openapi: bool,
    /// True if generated types implement `Serialize` and `Deserialize`, behind the cargo feature `serde`.
    pub serde: bool,
    /// True if an operation without an implementation responds with status 501 instead of being a compile error.
    pub unwritten: bool,
    /// The crates that a standalone generated crate depends on for custom types. Each is a name and a value as
    /// in `[dependencies]` of a `Cargo.toml`.
    pub dependencies: Vec<(Spanned<String>, toml::Value)>,
}

/// An optional part of the generated code, behind a cargo feature of the generated crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A typed client that calls the operations of the contract.
    Client,
    /// Implementations of `PartialEq` for requests, responses and schema types. Types with a streamed body or part,
    /// and error types, have none.
    Eq,
    /// A function that returns the contract as a document of the crate `utoipa`.
    Openapi,
    /// The optional part `serde`: `Serialize` and `Deserialize` for the generated types of the contract's schemas.
    Serde,
}

impl Part {
    /// All optional parts of generated code.
    pub const ALL: [Part; 4] = [Part::Client, Part::Eq, Part::Openapi, Part::Serde];

    /// Returns the name of an optional part in `codegen.toml`, which is also the name of its cargo feature.
    pub fn name(self) -> &'static str {
        match self {
            Part::Client => "client",
            Part::Eq => "eq",
            Part::Openapi => "openapi",
            Part::Serde => "serde",
        }
    }

    /// Returns a sentence about the code that an optional part adds to the generated crate, for documentation.
    pub fn purpose(self) -> &'static str {
        match self {
            Part::Client => "A typed client of the contract.",
            Part::Eq => {
                "`PartialEq` for requests, responses and schema types, so that tests can compare them. Types with a \
                 streamed body or part, and error types, do not have it."
            }
            Part::Openapi => "`openapi()`, which returns the contract as a document of `utoipa`.",
            Part::Serde => "`Serialize` and `Deserialize` for the types of the contract's schemas.",
        }
    }

    /// Returns the features of dependencies that the cargo feature of an optional part enables, such as
    /// `writ-runtime/openapi`.
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
    /// Returns true if a typed client is generated, behind the cargo feature `client`.
    pub fn client(&self) -> bool {
        self.contract.outgoing
    }

    /// Returns true if the options turn on an optional part of the generated code.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Client => self.contract.outgoing,
            Part::Eq => self.eq,
            Part::Openapi => self.openapi,
            Part::Serde => self.serde,
        }
    }

    /// Turns an optional part of the generated code on or off.
    pub fn set(&mut self, part: Part, on: bool) {
        match part {
            Part::Client => self.contract.outgoing = on,
            Part::Eq => self.eq = on,
            Part::Openapi => self.openapi = on,
            Part::Serde => self.serde = on,
        }
    }

    /// Returns the optional parts that need code to read and to write every type, even if the server needs only
    /// one of the two.
    pub fn both_ways(&self) -> Vec<Part> {
        [Part::Client, Part::Serde].into_iter().filter(|part| self.has(*part)).collect()
    }

    /// Returns the optional parts of the generated code that the options turn on.
    pub fn parts(&self) -> Vec<Part> {
        Part::ALL.into_iter().filter(|part| self.has(*part)).collect()
    }
}
