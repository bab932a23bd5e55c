//! The model of an operation: its parameters, bodies, responses, security and policies.
//!
//! [`Operation`] holds the complete operation; each of the private modules defines one kind of object in it.

mod content;
mod header;
mod list_page;
mod parameter;
mod policy;
mod response;
mod security;
mod style;

pub use content::{
    Content, ContentKind, DEFAULT_BODY_LIMIT, Encoding, PartRules, PositionalPart, PositionalParts, RequestBody,
    essence, normal_media_type,
};
pub use header::Header;
pub use list_page::{ListPage, PageMember};
pub use parameter::{Parameter, ParameterLocation, SortKey};
pub use policy::{Cache, LimitBy, Policies, RateLimit, Retry};
pub use response::{Response, Status};
pub use security::{Requirement, Scheme, SchemeKind, Scope};
pub use style::Style;

use crate::model::direction::Direction;
use crate::model::schema::PageSetting;
use crate::source::{Span, Spanned};

/// An operation of the contract: a method of a path, or a request that the service sends.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::operation::{ParameterLocation, Status};
/// use writ_contract::model::{Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
/// let operation = &contract.operations[0];
/// assert_eq!((operation.id.as_str(), operation.method.as_str()), ("getPet", "GET"));
/// assert_eq!(operation.parameters[0].location, ParameterLocation::Path);
/// assert_eq!(operation.responses[1].status, Status::Code(404));
/// assert_eq!(operation.policies.rate_limits[0].requests, 100);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub struct Operation {
    /// The `operationId`, or an id derived from method and path if the contract declares none. Unique in the contract.
    pub id: String,
    /// True if the contract declares the `operationId`; otherwise the id is derived from method and path.
    pub has_id: bool,
    /// The span of the `operationId`, or of the method's key if there is none.
    pub span: Span,
    /// The direction of the operation: inbound if the service serves it, outbound if the service calls it.
    pub direction: Direction,
    /// The HTTP method of the operation, spelled as in requests: in upper case, or as `additionalOperations` names it.
    pub method: String,
    /// The path template of the operation, such as `/pets/{petId}`; empty for an outgoing operation.
    pub path: String,
    /// The fixed query string after the `?` of the path, which distinguishes operations with one method and path.
    pub query: String,
    /// The tag whose handler trait contains the operation; `default` if it has no tag.
    pub tag: String,
    /// The service that owns the operation (`x-service` of its tag), or `None` if every service has it.
    pub service: Option<Spanned<String>>,
    /// The summary of the operation (`summary`).
    pub summary: Option<String>,
    /// The description of the operation (`description`).
    pub description: Option<String>,
    /// True if the operation is deprecated (`deprecated`).
    pub deprecated: bool,
    /// The parameters of the operation, those of its path item included, in order.
    pub parameters: Vec<Parameter>,
    /// The request body of the operation (`requestBody`).
    pub body: Option<RequestBody>,
    /// The declared responses of the operation, in the order of the contract.
    pub responses: Vec<Response>,
    /// The alternatives of security requirements of the operation; all requirements of one alternative must be
    /// satisfied. Empty for a public operation.
    pub security: Vec<Vec<Requirement>>,
    /// The policies of the operation (`x-rate-limit`, `x-idempotency`, `x-cache`, `x-cache-invalidates`, `x-timeout`,
    /// `x-retry`).
    pub policies: Policies,
    /// The names of the events that the operation publishes (`x-events`), each with its span.
    pub events: Vec<Spanned<String>>,
    /// The members of the page in the response, if the operation names them (`x-pagination`).
    pub pagination: Option<PageSetting>,
    /// The page of a list that the operation returns, if it returns one.
    pub page: Option<ListPage>,
    /// The Rust name of the operation (`x-rust-name`).
    pub rust_name: Option<Spanned<String>>,
}

impl Operation {
    /// Returns the Rust name of the operation before case conversion: `x-rust-name`, or else its id.
    pub fn name(&self) -> &str {
        self.rust_name.as_ref().map_or(&self.id, |own| &own.value)
    }

    /// Returns the name of the operation in messages: method and path, and the `operationId` if it has one.
    pub fn title(&self) -> String {
        match (self.path.is_empty(), self.has_id) {
            (true, _) => format!("`{}`", self.id),
            (false, false) => format!("`{}`", self.route()),
            (false, true) => format!("`{}` (`{}`)", self.route(), self.id),
        }
    }

    /// Returns the method and path of the operation, such as `GET /users/{id}`.
    pub fn route(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns true if `name` is the id of the operation, or its method and path.
    pub fn is_called(&self, name: &str) -> bool {
        let route = || name.split_once(' ').filter(|(_, path)| path.trim_start() == self.path && !path.is_empty());
        self.id == name || route().is_some_and(|(method, _)| method.eq_ignore_ascii_case(&self.method))
    }

    /// Returns the direction of the values in requests, which is the direction of the operation.
    pub fn request_direction(&self) -> Direction {
        self.direction
    }

    /// Returns the direction of the values in responses, which is opposite to the direction of the operation.
    pub fn response_direction(&self) -> Direction {
        self.direction.opposite()
    }
}
