//! The resolved contract, which is the root of the model.

use super::envelope::Errors;
use super::event::Event;
use super::operation::{Operation, Scheme};
use super::outgoing::{OutgoingCall, OutgoingOperation, Trigger};
use super::schema::{SchemaId, Schemas};
use super::versions::Versions;
use crate::source::{Span, Spanned};

/// A resolved contract: operations, schemas, security schemes and error bodies.
///
/// [`resolve`](super::resolve) creates it from a [`Document`](crate::document::Document).
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::{Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
/// assert_eq!(contract.title, "Pets");
/// assert_eq!(contract.tags[0].name, "pets");
/// // The schema `Error` has a code and a message, so problems are sent in its shape.
/// assert!(contract.errors.envelope_body().is_some());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug)]
pub struct Contract {
    /// The title of the API (`info.title`).
    pub title: String,
    /// The version of the API (`info.version`).
    pub version: String,
    /// The description of the API (`info.description`).
    pub description: Option<String>,
    /// The servers of the API (`servers` of the root object).
    pub servers: Vec<Server>,
    /// The tags of the operations; those that the contract describes under `tags` come first.
    pub tags: Vec<Tag>,
    /// The operations whose tag is selected, in the order of the contract.
    pub operations: Vec<Operation>,
    /// The operations whose tag is not selected. No trait method is generated for them.
    pub unselected: Vec<Operation>,
    /// The operations that the service calls and another service implements: webhooks that are not events, then
    /// callbacks.
    ///
    /// Callbacks are included only if [`Options::outgoing`](super::Options::outgoing) is set.
    pub outgoing: Vec<OutgoingOperation>,
    /// The domain events of the contract: the webhooks that `x-event` declares as events, in the order of the contract.
    pub events: Vec<Event>,
    /// The schemas of the contract, including those that no operation uses.
    pub schemas: Schemas,
    /// The schemas in `components.schemas` of the entry file, in its order.
    pub components: Vec<SchemaId>,
    /// The security schemes in `components.securitySchemes`.
    pub schemes: Vec<Scheme>,
    /// The bodies of the contract's error responses.
    pub errors: Errors,
    /// The versions of the API (`x-versions`), or `None` if the contract does not declare them.
    pub versions: Option<Versions>,
}

/// A server of the API, as the contract declares it under `servers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The URL of the server, with variables in braces (`url`).
    pub url: String,
    /// The description of the server (`description`), or else its name; empty if it has neither.
    pub description: String,
    /// The variables of the server's URL (`variables`).
    pub variables: Vec<ServerVariable>,
}

/// A variable in the URL of a server, written `{name}` there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVariable {
    /// The name of the server variable.
    pub name: String,
    /// The default value of the server variable (`default`).
    pub default: String,
    /// The allowed values of the server variable (`enum`); empty if every value is allowed.
    pub values: Vec<String>,
    /// The description of the server variable (`description`); empty if absent.
    pub description: String,
}

/// A tag of the contract. Its operations become one handler trait in generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The name of the tag, as the contract spells it in operations.
    pub name: String,
    /// The span of the tag object, or of the first operation if the contract does not describe the tag.
    pub span: Span,
    /// The summary of the tag (`summary`), its description and its parent (`parent`), as one text.
    pub description: Option<String>,
    /// The Rust name of the tag's handler trait (`x-rust-name`).
    pub rust_name: Option<Spanned<String>>,
}

impl Contract {
    /// Iterates over the webhooks of the contract that are not events, each with its key in `webhooks`.
    pub fn webhooks(&self) -> impl Iterator<Item = (&str, &OutgoingOperation)> + Clone {
        self.outgoing.iter().filter_map(|outgoing| match &outgoing.trigger {
            Trigger::Webhook(name) => Some((name.as_str(), outgoing)),
            Trigger::Callback(_) => None,
        })
    }

    /// Returns the services that own operations of the contract (`x-service`), each once, in the order of the operations.
    ///
    /// Empty if the contract declares none. Operations that are not selected count too.
    pub fn services(&self) -> Vec<&str> {
        let mut services: Vec<&str> = Vec::new();
        for service in self.operations.iter().chain(&self.unselected).filter_map(|operation| operation.service.as_ref())
        {
            if !services.contains(&service.value.as_str()) {
                services.push(&service.value);
            }
        }
        services
    }

    /// Returns the indices of the error bodies that a conversion of the implementer creates, in ascending order.
    ///
    /// Operations that are not selected need no conversions: they only respond with 501 and refusals, in the error
    /// envelope.
    pub fn converted_errors(&self) -> Vec<usize> {
        self.errors.converted(self.operations.iter(), &self.schemas)
    }

    /// Iterates over the outgoing operations (webhooks and callbacks) that are resolved completely.
    ///
    /// There are none unless [`Options::outgoing`](super::Options::outgoing) is set.
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
