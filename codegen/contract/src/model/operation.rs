//! The operation model: what can be called, with what, under which policies, and what it answers.

use std::time::Duration;

use crate::model::direction::Direction;
use crate::model::schema::SchemaId;
use crate::source::{Span, Spanned};

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`, or one made of method and path where the contract has none.
    pub id: String,
    /// True if the contract declares the `operationId`; otherwise `id` is derived from method and path.
    pub has_id: bool,
    /// Where the operation stands.
    pub span: Span,
    /// Inbound where the service serves it, outbound where the service calls it.
    pub direction: Direction,
    /// The HTTP method, upper case.
    pub method: &'static str,
    /// The path template.
    pub path: String,
    /// What stands behind it after a `?`, which tells it from another operation of its method and path.
    pub query: String,
    /// The tag whose trait holds it.
    pub tag: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// Those of the path item and its own, in order.
    pub parameters: Vec<Parameter>,
    /// `requestBody`.
    pub body: Option<RequestBody>,
    /// In the order of the contract.
    pub responses: Vec<Response>,
    /// Alternatives of schemes that are all needed. Empty: public.
    pub security: Vec<Vec<Requirement>>,
    /// The `x-` policies.
    pub policies: Policies,
    /// `x-rust-name`.
    pub rust_name: Option<Spanned<String>>,
}

impl Operation {
    /// What it is called in Rust, before the case of the place.
    pub fn name(&self) -> &str {
        self.rust_name.as_ref().map_or(&self.id, |own| &own.value)
    }

    /// Returns the operation as messages name it: by method and path, and by its `operationId` if it has one.
    pub fn title(&self) -> String {
        match (self.path.is_empty(), self.has_id) {
            (true, _) => format!("`{}`", self.id),
            (false, false) => format!("`{}`", self.route()),
            (false, true) => format!("`{}` (`{}`)", self.route(), self.id),
        }
    }

    /// Returns method and path, as in `GET /users/{id}`.
    pub fn route(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns true if `name` refers to the operation: as its id, or as method and path.
    pub fn is_called(&self, name: &str) -> bool {
        let route = || name.split_once(' ').filter(|(_, path)| path.trim_start() == self.path && !path.is_empty());
        self.id == name || route().is_some_and(|(method, _)| method.eq_ignore_ascii_case(self.method))
    }

    /// Returns the direction of the values in requests: that of the operation itself.
    pub fn request_direction(&self) -> Direction {
        self.direction
    }

    /// Returns the direction of the values in responses: opposite to the operation's.
    pub fn response_direction(&self) -> Direction {
        self.direction.opposite()
    }
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Where it stands in the contract.
    pub span: Span,
    /// Its location in a request.
    pub location: ParameterLocation,
    /// `required`.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// How arrays and objects are written.
    pub style: Style,
    /// Whether each element is written on its own.
    pub explode: bool,
    /// Its schema.
    pub schema: SchemaId,
    /// The name of the component that it is, where it is one.
    pub component: Option<String>,
    /// `x-rust-name`.
    pub rust_name: Option<Spanned<String>>,
    /// `allowEmptyValue` of a query parameter.
    pub may_be_empty: bool,
    /// `x-sort`.
    pub sort: bool,
    /// `x-sparse`.
    pub sparse: bool,
}

/// The location of a parameter in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterLocation {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

impl ParameterLocation {
    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            ParameterLocation::Path => "path",
            ParameterLocation::Query => "query",
            ParameterLocation::Header => "header",
            ParameterLocation::Cookie => "cookie",
        }
    }
}

/// `style`, and `content` as one more.
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
    /// `content` with a JSON media type.
    Json,
    /// `content` with another media type.
    Text,
}

/// The request body.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Where it stands.
    pub span: Span,
    /// `required`.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
    /// Its media types.
    pub content: Vec<Content>,
    /// The largest size in bytes.
    pub limit: u64,
}

/// One media type with its schema.
#[derive(Debug, Clone)]
pub struct Content {
    /// As the contract spells it.
    pub media_type: String,
    /// Where it stands.
    pub span: Span,
    /// How it is read or written.
    pub kind: ContentKind,
    /// Its schema.
    pub schema: Option<SchemaId>,
    /// `encoding`.
    pub encoding: Vec<Encoding>,
}

/// How one property of a form or multipart body is written.
#[derive(Debug, Clone)]
pub struct Encoding {
    /// The property.
    pub property: String,
    /// Where it stands.
    pub span: Span,
    /// `contentType`, ranges among them. Empty: what the schema makes of it.
    pub media_types: Vec<String>,
    /// `headers` of a part.
    pub headers: Vec<Header>,
    /// `style` of a form's property.
    pub style: Option<Style>,
    /// `explode` of a form's property.
    pub explode: Option<bool>,
}

impl Content {
    /// Type and subtype, lower case.
    pub fn essence(&self) -> String {
        essence(&self.media_type)
    }

    /// Whether it stands for several media types, `image/*`.
    pub fn is_range(&self) -> bool {
        self.essence().contains('*')
    }
}

/// Type and subtype of a media type, lower case.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A media type as it compares: lower case, with the parameters that tell it from others.
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

/// How a media type is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// JSON and `+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/*`.
    Multipart,
    /// `text/*`.
    Text,
    /// Bytes.
    Binary,
    /// Events or lines, each sent as it is made.
    Stream,
}

/// One response.
#[derive(Debug, Clone)]
pub struct Response {
    /// Where it stands.
    pub span: Span,
    /// Its status.
    pub status: Status,
    /// `description`.
    pub description: Option<String>,
    /// Its headers, `Content-Type` left out as OpenAPI says.
    pub headers: Vec<Header>,
    /// Its media types.
    pub content: Vec<Content>,
}

/// The status of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// `404`
    Code(u16),
    /// `4XX`: the first digit.
    Range(u8),
    /// `default`
    Default,
}

/// One header of a response.
#[derive(Debug, Clone)]
pub struct Header {
    /// Its name as the contract spells it.
    pub name: String,
    /// `required`.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
    /// Its schema.
    pub schema: SchemaId,
    /// Whether the properties of an object are written `name=value`.
    pub explode: bool,
    /// Whether it is JSON: `content` instead of `schema`.
    pub json: bool,
}

/// One scheme that an alternative needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The scheme's name.
    pub scheme: String,
    /// The scopes.
    pub scopes: Vec<String>,
}

/// A security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the components.
    pub name: String,
    /// Where its credential stands.
    pub kind: SchemeKind,
    /// `description`.
    pub description: Option<String>,
}

/// Where the credential of a scheme stands.
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

/// The `x-` policies of an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// `x-rate-limit`.
    pub rate_limits: Vec<RateLimit>,
    /// `x-idempotency`: how long an answer is replayed.
    pub idempotency: Option<Duration>,
    /// `x-cache`.
    pub cache: Option<Cache>,
    /// `x-cache-invalidates`.
    pub invalidates: Vec<String>,
}

/// One limit of `x-rate-limit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests pass.
    pub requests: u32,
    /// In what time.
    pub window: Duration,
    /// Who is counted.
    pub by: LimitBy,
}

/// Who a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitBy {
    /// The principal, else the address.
    Caller,
    /// The address.
    Address,
    /// The account that the request names.
    Account,
}

/// `x-cache`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// How long.
    pub ttl: Duration,
    /// Tags.
    pub tags: Vec<String>,
    /// One answer for every principal.
    pub shared: bool,
}
