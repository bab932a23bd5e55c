//! The resolved contract.

use super::envelope::Envelope;
use super::operation::{Operation, Scheme};
use super::outgoing::{OutgoingCall, OutgoingOperation, Trigger};
use super::schema::{SchemaId, Schemas};
use crate::source::{Span, Spanned};

/// A contract, resolved.
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
    /// here only if [`Options::outgoing`](super::Options::outgoing) asks for them.
    pub outgoing: Vec<OutgoingOperation>,
    /// Every schema.
    pub schemas: Schemas,
    /// The schemas that are components of the entry, in its order.
    pub components: Vec<SchemaId>,
    /// The security schemes.
    pub schemes: Vec<Scheme>,
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

impl Contract {
    /// Returns the webhooks, each with its key.
    pub fn webhooks(&self) -> impl Iterator<Item = (&str, &OutgoingOperation)> + Clone {
        self.outgoing.iter().filter_map(|outgoing| match &outgoing.trigger {
            Trigger::Webhook(name) => Some((name.as_str(), outgoing)),
            Trigger::Callback(_) => None,
        })
    }

    /// Returns the outgoing operations that are resolved in full: none unless they were asked for.
    pub fn outgoing_calls(&self) -> impl Iterator<Item = OutgoingCall<'_>> + Clone {
        self.outgoing.iter().filter_map(|outgoing| {
            let callback = match &outgoing.trigger {
                Trigger::Webhook(_) => None,
                Trigger::Callback(callback) => Some(callback),
            };
            Some(OutgoingCall { operation: outgoing.operation.as_ref()?, callback })
        })
    }
}
