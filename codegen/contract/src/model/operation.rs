//! The model of an operation: its parameters, bodies, responses, security and policies.

use std::time::Duration;

use crate::model::direction::Direction;
use crate::model::schema::SchemaId;
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
/// assert_eq!((operation.id.as_str(), operation.method), ("getPet", "GET"));
/// assert_eq!(operation.parameters[0].location, ParameterLocation::Path);
/// assert_eq!(operation.responses[1].status, Status::Code(404));
/// assert_eq!(operation.policies.rate_limits[0].requests, 100);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub struct Operation {
    /// The `operationId`, or an id made of method and path if the contract has none. Unique in the contract.
    pub id: String,
    /// The span of the `operationId`, or of the method if there is none.
    pub span: Span,
    /// The direction: inbound if the service serves the operation, outbound if it calls the operation.
    pub direction: Direction,
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// The path template, such as `/pets/{petId}`; empty for an outgoing operation.
    pub path: String,
    /// The fixed query string after the `?` of the path, which distinguishes operations of one method and
    /// path.
    pub query: String,
    /// The tag whose handler trait contains the operation; `default` if it has no tag.
    pub tag: String,
    /// The summary (`summary`).
    pub summary: Option<String>,
    /// The description (`description`).
    pub description: Option<String>,
    /// True if the operation is deprecated (`deprecated`).
    pub deprecated: bool,
    /// The parameters of the path item and of the operation, in order.
    pub parameters: Vec<Parameter>,
    /// The request body (`requestBody`).
    pub body: Option<RequestBody>,
    /// The declared responses, in the order of the contract.
    pub responses: Vec<Response>,
    /// The alternatives of security requirements; all requirements of one alternative must be satisfied.
    /// Empty for a public operation.
    pub security: Vec<Vec<Requirement>>,
    /// The policies (`x-rate-limit`, `x-idempotency`, `x-cache`, `x-cache-invalidates`).
    pub policies: Policies,
    /// The Rust name of the operation (`x-rust-name`).
    pub rust_name: Option<Spanned<String>>,
}

impl Operation {
    /// Returns the Rust name of the operation before case conversion: `x-rust-name`, or the id.
    pub fn name(&self) -> &str {
        self.rust_name.as_ref().map_or(&self.id, |own| &own.value)
    }

    /// Returns the direction of the values in requests, which is that of the operation.
    pub fn request_direction(&self) -> Direction {
        self.direction
    }

    /// Returns the direction of the values in responses, which is opposite to that of the operation.
    pub fn response_direction(&self) -> Direction {
        self.direction.opposite()
    }
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name of the parameter in requests.
    pub name: String,
    /// The span of the parameter object.
    pub span: Span,
    /// The location of the parameter in a request.
    pub location: ParameterLocation,
    /// True if the parameter is required. Path parameters always are.
    pub required: bool,
    /// The description (`description`).
    pub description: Option<String>,
    /// True if the parameter is deprecated (`deprecated`).
    pub deprecated: bool,
    /// The serialization of arrays and objects (`style`).
    pub style: Style,
    /// True if each element or property is written as a separate parameter (`explode`).
    pub explode: bool,
    /// The schema of the parameter's value.
    pub schema: SchemaId,
    /// The name of the parameter in `components.parameters`, if it is a component.
    pub component: Option<String>,
    /// The Rust name of the parameter (`x-rust-name`).
    pub rust_name: Option<Spanned<String>>,
    /// True for a query parameter that may be sent without a value (`allowEmptyValue`).
    pub may_be_empty: bool,
    /// True if the parameter lists the sort order of the response (`x-sort`).
    pub sort: bool,
    /// True if the parameter selects the sparse fieldset of the response (`x-sparse`).
    pub sparse: bool,
}

/// The location of a parameter in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterLocation {
    /// The path.
    Path,
    /// The query string.
    Query,
    /// The header section.
    Header,
    /// The cookies.
    Cookie,
}

impl ParameterLocation {
    /// Returns the value of `in` for the location.
    pub fn word(self) -> &'static str {
        match self {
            ParameterLocation::Path => "path",
            ParameterLocation::Query => "query",
            ParameterLocation::Header => "header",
            ParameterLocation::Cookie => "cookie",
        }
    }
}

/// The serialization of a parameter: a `style` of OpenAPI, or the media type of its `content`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of OpenAPI")]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// The parameter has `content` with a JSON media type.
    Json,
    /// The parameter has `content` with another media type.
    Text,
}

/// The request body of an operation.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// The span of the request body object.
    pub span: Span,
    /// True if the body is required (`required`).
    pub required: bool,
    /// The description (`description`).
    pub description: Option<String>,
    /// The media types that the operation accepts.
    pub content: Vec<Content>,
    /// The size limit of the body in bytes (`x-body-limit`, or 1 MiB).
    pub limit: u64,
}

/// A media type of a request body or response, with its schema.
#[derive(Debug, Clone)]
pub struct Content {
    /// The media type, as the contract spells it.
    pub media_type: String,
    /// The span of the media type's key.
    pub span: Span,
    /// The codec of the media type.
    pub kind: ContentKind,
    /// The schema of the content, if it has one.
    pub schema: Option<SchemaId>,
    /// The encodings of properties in forms and multipart bodies (`encoding`).
    pub encoding: Vec<Encoding>,
}

/// The encoding of one property of a form or multipart body.
#[derive(Debug, Clone)]
pub struct Encoding {
    /// The name of the property.
    pub property: String,
    /// The span of the property's name.
    pub span: Span,
    /// The media types of the property (`contentType`), which may be ranges. Empty if the schema decides.
    pub media_types: Vec<String>,
    /// The headers of a part of a multipart body (`headers`).
    pub headers: Vec<Header>,
    /// The `style` of a form's property.
    pub style: Option<Style>,
    /// The `explode` of a form's property.
    pub explode: Option<bool>,
}

impl Content {
    /// Returns the media type in lower case and without parameters.
    pub fn essence(&self) -> String {
        essence(&self.media_type)
    }

    /// Returns true if the media type is a range, such as `image/*`.
    pub fn is_range(&self) -> bool {
        self.essence().contains('*')
    }
}

/// Returns a media type in lower case and without parameters.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Returns a media type in the form that is compared: in lower case, without `charset`, `boundary` and `q`.
pub fn normal_media_type(media_type: &str) -> String {
    let mut normal = essence(media_type);
    for parameter in media_type.split(';').skip(1) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        if !matches!(name.as_str(), "charset" | "boundary" | "q") {
            normal.push_str(&format!(";{name}={}", value.trim()));
        }
    }
    normal
}

/// The codec of a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// JSON, including media types that end in `+json`.
    Json,
    /// A form, `application/x-www-form-urlencoded`.
    Form,
    /// A multipart body, `multipart/*`.
    Multipart,
    /// Text, `text/*`.
    Text,
    /// Bytes.
    Binary,
    /// A stream of events or lines, each sent when it is ready.
    Stream,
}

/// A declared response of an operation.
#[derive(Debug, Clone)]
pub struct Response {
    /// The span of the response object.
    pub span: Span,
    /// The status of the response.
    pub status: Status,
    /// The description (`description`).
    pub description: Option<String>,
    /// The headers, without `Content-Type`, which OpenAPI ignores here.
    pub headers: Vec<Header>,
    /// The media types of the response.
    pub content: Vec<Content>,
}

/// The status of a response, as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// A status code, such as `404`.
    Code(u16),
    /// A range of status codes by its first digit, such as `4XX`.
    Range(u8),
    /// All other status codes (`default`).
    Default,
}

/// A header of a response or of a part of a multipart body.
#[derive(Debug, Clone)]
pub struct Header {
    /// The name of the header, as the contract spells it.
    pub name: String,
    /// True if the header is required (`required`).
    pub required: bool,
    /// The description (`description`).
    pub description: Option<String>,
    /// The schema of the header's value.
    pub schema: SchemaId,
    /// True if the properties of an object are written as `name=value` (`explode`).
    pub explode: bool,
    /// True if the value is JSON, because the header has `content` instead of `schema`.
    pub json: bool,
}

/// A security scheme that an alternative requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The name of the security scheme.
    pub scheme: String,
    /// The scopes that the principal needs.
    pub scopes: Vec<String>,
}

/// A security scheme of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// The name of the scheme in `components.securitySchemes`.
    pub name: String,
    /// The kind of credential and its location in a request.
    pub kind: SchemeKind,
    /// The description (`description`).
    pub description: Option<String>,
}

/// The kind of credential of a security scheme and its location in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of OpenAPI")]
pub enum SchemeKind {
    Bearer,
    Basic,
    Authorization(String),
    Header(String),
    Query(String),
    Cookie(String),
    MutualTls,
}

/// The policies of an operation, declared by `x-` fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// The rate limits (`x-rate-limit`).
    pub rate_limits: Vec<RateLimit>,
    /// The time for which the response to an idempotency key is replayed (`x-idempotency`).
    pub idempotency: Option<Duration>,
    /// The caching of responses (`x-cache`).
    pub cache: Option<Cache>,
    /// The cache tags that a successful call invalidates (`x-cache-invalidates`).
    pub invalidates: Vec<String>,
}

/// A rate limit (`x-rate-limit`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests that are allowed per window.
    pub requests: u32,
    /// The length of the window.
    pub window: Duration,
    /// The party whose requests are counted.
    pub by: LimitBy,
}

/// The party whose requests a rate limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitBy {
    /// The principal, or the client address if there is no principal.
    Caller,
    /// The client address.
    Address,
    /// The account that the request names.
    Account,
}

/// The caching of an operation's responses (`x-cache`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The time to live of a cached response.
    pub ttl: Duration,
    /// The cache tags of the response, which may contain path parameters in braces.
    pub tags: Vec<String>,
    /// True if all principals share one cached response.
    pub shared: bool,
}
