//! The second stage: what the contract says, resolved and merged, in the words of no programming language.

mod build;
mod dedupe;
mod direction;
pub mod envelope;
mod object;
pub mod operation;
pub mod options;
pub mod outgoing;
mod overrides;
pub mod parts;
mod passes;
pub mod schema;
mod select;
mod settled;
pub mod sparse_fieldset;

use crate::source::{Span, Spanned};

pub use build::own_type::read_own_type;
pub use direction::Direction;
pub use envelope::{Envelope, EnvelopeField};
pub use operation::Operation;
pub use options::{NameOverride, NameTarget, Options};
pub use outgoing::{Callback, OutgoingCall, OutgoingOperation, Trigger};
pub use passes::resolve;
pub use schema::{Kind, Schema, SchemaId, Schemas};

/// A contract, ready to be decided on.
#[derive(Debug)]
pub struct Contract {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `servers` of the root.
    pub servers: Vec<Server>,
    /// The tags that operations carry, those that the contract describes first.
    pub tags: Vec<Tag>,
    /// Every operation, in the order of the contract.
    pub operations: Vec<Operation>,
    /// The operations of the tags that were not asked for.
    pub unselected: Vec<Operation>,
    /// The operations that this service calls and others implement: webhooks, then callbacks. Callbacks are
    /// here only if [`Options::outgoing`] asks for them.
    pub outgoing: Vec<OutgoingOperation>,
    /// Every schema.
    pub schemas: Schemas,
    /// The schemas that are components of the entry, in its order.
    pub components: Vec<SchemaId>,
    /// The security schemes.
    pub schemes: Vec<operation::Scheme>,
    /// The shape of its errors.
    pub envelope: Envelope,
}

/// One of `servers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `url`.
    pub url: String,
    /// `description`.
    pub description: String,
    /// `variables`.
    pub variables: Vec<ServerVariable>,
}

/// What stands for a `{name}` in the URL of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// `default`.
    pub default: String,
    /// `enum`.
    pub values: Vec<String>,
    /// `description`.
    pub description: String,
}

/// A tag: one handler trait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name as the contract spells it.
    pub name: String,
    /// Where it is first met.
    pub span: Span,
    /// `description`.
    pub description: Option<String>,
    /// `x-rust-name`.
    pub rust_name: Option<Spanned<String>>,
}
