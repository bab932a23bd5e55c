//! The second stage: what the contract says, resolved and merged, in the words of no programming language.

mod dedupe;
mod direction;
pub mod envelope;
mod lower;
mod object;
pub mod operation;
pub mod options;
mod overrides;
pub mod parts;
pub mod schema;
mod select;
mod settled;
pub mod sparse;

use crate::diagnostic::Diagnostics;
use crate::document::Document;
use crate::source::{Span, Spanned};

pub use dedupe::dedupe;
pub use direction::Direction;
pub use envelope::{Envelope, EnvelopeField};
pub use lower::own_type::read_own_type;
pub use operation::Operation;
pub use options::{Named, Naming, Options};
pub use overrides::apply;
pub use schema::{Kind, Schema, SchemaId, Schemas};
pub use select::select;

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
    /// What the service sends to others: each a name and an operation.
    pub webhooks: Vec<Webhook>,
    /// What it sends to others and how that is answered, where that is asked for: webhooks, then callbacks.
    pub outgoing: Vec<Outgoing>,
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

/// An operation of others, which the service calls.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// What is sent, and how it is answered. Its path is empty: whoever asked for it says where.
    pub operation: Operation,
    /// The operation that asks for it, where it is a callback.
    pub callback: Option<Callback>,
}

/// Where a callback comes from.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The id of the operation.
    pub parent: String,
    /// The runtime expression of its URL (OpenAPI 3.0.3 § 4.7.20.4).
    pub expression: String,
}

/// A request that the service sends to whoever subscribed.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its key under `webhooks`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The method, upper case.
    pub method: &'static str,
    /// `summary` or `description`.
    pub description: Option<String>,
    /// The schema of its JSON body.
    pub payload: Option<SchemaId>,
    /// Its `operationId`.
    pub id: Option<String>,
}

/// Builds the model. What cannot be honoured goes to `diagnostics`; an error there means that the
/// contract is not to be generated from.
pub fn build(document: &Document, strict: bool, options: &Options, diagnostics: &mut Diagnostics) -> Contract {
    lower::lower(document, strict, options, diagnostics)
}
