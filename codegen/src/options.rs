//! The options of generation: which parts are made of a contract, and how they are called.

use writ_contract::model;
use writ_contract::source::Spanned;

/// How to generate. The default is what a contract says by itself, and nothing optional.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How the contract is resolved. `outgoing` is the client's: a contract without a client sends nothing.
    pub contract: model::Options,
    /// Whether types can be compared, behind the feature `eq`.
    pub eq: bool,
    /// Whether to generate the contract as a `utoipa` document, behind the feature `openapi`.
    pub openapi: bool,
    /// Whether to generate `serde` implementations of the types, behind the feature `serde`.
    pub serde: bool,
    /// Whether methods and services that nobody has written yet are answered 501, in place of an
    /// error of the compiler.
    pub unwritten: bool,
    /// The crates that a standalone crate depends on for types of its own, as in a manifest; the names and the tables.
    pub dependencies: Vec<(Spanned<String>, toml::Value)>,
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

    /// Returns the code that the feature adds to the generated crate, as a sentence.
    pub fn purpose(self) -> &'static str {
        match self {
            Part::Client => "A typed client, which calls the operations, webhooks and callbacks of the contract.",
            Part::Eq => "`PartialEq` for all types without streams, for comparisons in tests.",
            Part::Openapi => "`openapi()`, which returns the contract as a document of `utoipa`.",
            Part::Serde => "`Serialize` and `Deserialize` for the types of the contract's schemas.",
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
    /// Whether to generate a typed client, behind the feature `client`.
    pub fn client(&self) -> bool {
        self.contract.outgoing
    }

    /// Whether a part is to be generated.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Client => self.contract.outgoing,
            Part::Eq => self.eq,
            Part::Openapi => self.openapi,
            Part::Serde => self.serde,
        }
    }

    /// Turns a part on or off.
    pub fn set(&mut self, part: Part, on: bool) {
        match part {
            Part::Client => self.contract.outgoing = on,
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
