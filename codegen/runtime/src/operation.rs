//! What the contract says of one operation, as data that the gate, the logs and the router read.

use std::fmt;
use std::time::Duration;

/// A method that a contract can give an operation (OpenAPI 3.0.3 § 4.7.9.1).
///
/// Not [`http::Method`], which can hold any text and so has a destructor that compilers follow through
/// every `static`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    GET,
    /// `PUT`
    PUT,
    /// `POST`
    POST,
    /// `DELETE`
    DELETE,
    /// `OPTIONS`
    OPTIONS,
    /// `HEAD`
    HEAD,
    /// `PATCH`
    PATCH,
    /// `TRACE`
    TRACE,
}

impl Method {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::GET => "GET",
            Method::PUT => "PUT",
            Method::POST => "POST",
            Method::DELETE => "DELETE",
            Method::OPTIONS => "OPTIONS",
            Method::HEAD => "HEAD",
            Method::PATCH => "PATCH",
            Method::TRACE => "TRACE",
        }
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> http::Method {
        match method {
            Method::GET => http::Method::GET,
            Method::PUT => http::Method::PUT,
            Method::POST => http::Method::POST,
            Method::DELETE => http::Method::DELETE,
            Method::OPTIONS => http::Method::OPTIONS,
            Method::HEAD => http::Method::HEAD,
            Method::PATCH => http::Method::PATCH,
            Method::TRACE => http::Method::TRACE,
        }
    }
}

impl PartialEq<http::Method> for Method {
    fn eq(&self, other: &http::Method) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of the contract. Generated code holds one `static` of it an operation.
#[derive(Debug)]
pub struct Operation {
    /// The `operationId` as the contract spells it.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, for example `/v1/users/{userId}`.
    pub path: &'static str,
    /// What the contract writes behind the path, for example `beta=true`: it tells the operation from
    /// another one of its method and path. Empty: nothing.
    pub query: &'static str,
    /// The tag whose trait holds the method.
    pub tag: &'static str,
    /// The parameters in the order of the contract; generated code reads them by index.
    pub parameters: &'static [Parameter],
    /// The request body, where the operation takes one.
    pub body: Option<Body>,
    /// Alternatives (OR) of schemes that are all needed (AND). Empty: public.
    /// An empty alternative makes credentials optional.
    pub security: &'static [&'static [Requirement]],
    /// The limits of `x-rate-limit`.
    pub rate_limits: &'static [RateLimit],
    /// `x-idempotency`, where the operation honours an `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
    /// `x-cache`, where answers may be kept.
    pub cache: Option<Cache>,
    /// Tags of `x-cache-invalidates`, to be interpolated like [`Cache::tags`].
    pub invalidates: &'static [&'static str],
    /// The statuses that the contract declares, ascending. `default` and ranges are not in it.
    pub statuses: &'static [u16],
    /// Media types of successful answers, in the order of the contract; `image/*` where the handler
    /// says which. Empty: no body.
    pub produces: &'static [&'static str],
    /// True when the contract declares `ETag`, `If-None-Match` and 304 together.
    pub conditional: bool,
    /// The query parameter of `x-sparse` that names the fields to keep.
    pub sparse: Option<&'static str>,
}

impl Operation {
    /// What generated code fills up from (`..Operation::NONE`): no parameters, public, no policies.
    pub const NONE: Operation = Operation {
        id: "",
        method: Method::GET,
        path: "/",
        query: "",
        tag: "",
        parameters: &[],
        body: None,
        security: &[],
        rate_limits: &[],
        idempotency: None,
        cache: None,
        invalidates: &[],
        statuses: &[],
        produces: &[],
        conditional: false,
        sparse: None,
    };

    /// Whether the contract declares `status` for this operation.
    pub fn declares(&self, status: u16) -> bool {
        self.statuses.binary_search(&status).is_ok()
    }

    /// The first limit of the contract that is counted by `by`.
    pub fn rate_limit(&self, by: LimitBy) -> Option<&'static RateLimit> {
        self.rate_limits.iter().find(|limit| limit.by == by)
    }
}

/// One parameter (OpenAPI 3.0.3 § 4.7.12): where it stands and how its text is taken apart.
#[derive(Debug)]
pub struct Parameter {
    /// The name as the contract spells it. Header names compare without case.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// How arrays and objects are written.
    pub style: Style,
    /// Whether each element is written on its own.
    pub explode: bool,
    /// What the schema makes of the text.
    pub shape: Shape,
    /// Whether its absence is a violation.
    pub required: bool,
    /// Whether an empty value that the schema does not allow is as good as none.
    pub may_be_empty: bool,
    /// The names that belong to an object whose properties stand beside the other parameters;
    /// `None` where it takes all that no other parameter claims.
    pub fields: Option<&'static [&'static str]>,
}

impl Parameter {
    const fn new(name: &'static str, place: Place, style: Style) -> Parameter {
        Parameter {
            name,
            place,
            style,
            explode: matches!(style, Style::Form),
            shape: Shape::Scalar,
            required: matches!(place, Place::Path),
            may_be_empty: false,
            fields: None,
        }
    }

    /// A required path parameter in simple style.
    pub const fn path(name: &'static str) -> Parameter {
        Parameter::new(name, Place::Path, Style::Simple)
    }

    /// An optional query parameter in form style.
    pub const fn query(name: &'static str) -> Parameter {
        Parameter::new(name, Place::Query, Style::Form)
    }

    /// An optional header in simple style.
    pub const fn header(name: &'static str) -> Parameter {
        Parameter::new(name, Place::Header, Style::Simple)
    }

    /// An optional cookie in form style.
    pub const fn cookie(name: &'static str) -> Parameter {
        Parameter::new(name, Place::Cookie, Style::Form)
    }

    /// The same, required.
    pub const fn required(mut self) -> Parameter {
        self.required = true;
        self
    }

    /// The same, with another style and explode.
    pub const fn style(mut self, style: Style, explode: bool) -> Parameter {
        self.style = style;
        self.explode = explode;
        self
    }

    /// The same, where an empty value may stand for none (`allowEmptyValue`).
    pub const fn may_be_empty(mut self) -> Parameter {
        self.may_be_empty = true;
        self
    }

    /// The same, an object of these properties and no others.
    pub const fn fields(mut self, fields: &'static [&'static str]) -> Parameter {
        self.fields = Some(fields);
        self
    }

    /// The same, with another shape.
    pub const fn shape(mut self, shape: Shape) -> Parameter {
        self.shape = shape;
        self
    }
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
    /// The request body.
    Body,
}

/// How arrays and objects are written in a parameter (OpenAPI 3.0.3 § 4.7.12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a,b`
    Simple,
    /// `.a.b`
    Label,
    /// `;name=a,b`
    Matrix,
    /// `name=a&name=b` or `name=a,b`
    Form,
    /// `name=a%20b`
    SpaceDelimited,
    /// `name=a|b`
    PipeDelimited,
    /// `name[key]=value`
    DeepObject,
    /// `content` with a JSON media type: the text is one JSON value.
    Json,
    /// `content` with another media type: the text is one value as it stands.
    Text,
}

/// What kind of value a parameter's text makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Scalar,
    /// A list of values.
    Array,
    /// Names and values.
    Object,
}

/// The request body of an operation.
#[derive(Debug)]
pub struct Body {
    /// Whether its absence is a violation.
    pub required: bool,
    /// The largest size in bytes that is read; more is answered 413.
    pub limit: usize,
    /// The media types that the contract lists, in its order; another is answered 415.
    pub media: &'static [Media],
}

/// One media type of a body and how it is read.
#[derive(Debug, Clone, Copy)]
pub struct Media {
    /// Type and subtype, lower case, with the parameters that tell it from others; `*` stands for any.
    pub essence: &'static str,
    /// How the body is read.
    pub kind: MediaKind,
}

/// How a body of a media type is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// RFC 8259, also `+json` suffixes.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// UTF-8 text.
    Text,
    /// Bytes as they are.
    Bytes,
}

/// One scheme that an alternative of `security` needs.
#[derive(Debug)]
pub struct Requirement {
    /// The scheme.
    pub scheme: &'static Scheme,
    /// The scopes that the principal needs under it.
    pub scopes: &'static [&'static str],
}

/// A security scheme of the contract.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in `components.securitySchemes`.
    pub name: &'static str,
    /// Where its credential stands.
    pub kind: SchemeKind,
}

/// Where the credential of a scheme stands.
#[derive(Debug)]
pub enum SchemeKind {
    /// `Authorization: Bearer` (RFC 6750), also OAuth 2 and OpenID Connect.
    Bearer,
    /// `Authorization: Basic` (RFC 7617).
    Basic,
    /// Another scheme of the `Authorization` header, by its name.
    Authorization(&'static str),
    /// An API key in a header.
    Header(&'static str),
    /// An API key in the query.
    Query(&'static str),
    /// An API key in a cookie.
    Cookie(&'static str),
    /// A client certificate, which the transport has checked.
    MutualTls,
}

/// One limit of `x-rate-limit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests pass in a window.
    pub requests: u32,
    /// The window.
    pub window: Duration,
    /// Who is counted.
    pub by: LimitBy,
}

/// Who a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitBy {
    /// The principal, else the client's address.
    Caller,
    /// The client's address.
    Address,
    /// The account that the request names; the handler applies it, since only it knows.
    Account,
}

/// `x-idempotency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// How long an answer is replayed.
    pub retention: Duration,
}

/// `x-cache`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// How long an answer may be kept.
    pub ttl: Duration,
    /// Tags, with `{parameter}` for path parameters and `{principal}` for who calls.
    pub tags: &'static [&'static str],
    /// True when the same answer serves every principal.
    pub shared: bool,
}
