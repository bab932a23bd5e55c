//! Security schemes, and the security requirements of an operation.

/// A security scheme that an alternative requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The name of the security scheme.
    pub scheme: String,
    /// The scopes that the principal needs for the operation.
    pub scopes: Vec<String>,
}

/// A security scheme of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// The name of the scheme in `components.securitySchemes`.
    pub name: String,
    /// The kind of credential and its location in a request.
    pub kind: SchemeKind,
    /// The description of the security scheme (`description`).
    pub description: Option<String>,
}

/// The kind of credential of a security scheme and its location in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// A bearer token in the `Authorization` header (RFC 6750); also for OAuth 2 and OpenID Connect.
    Bearer,
    /// A user name and a password in the `Authorization` header (RFC 7617).
    Basic,
    /// Credentials of another scheme in the `Authorization` header; the text is the name of the scheme.
    Authorization(String),
    /// An API key in the header with this name.
    Header(String),
    /// An API key in the query parameter with this name.
    Query(String),
    /// An API key in the cookie with this name.
    Cookie(String),
    /// A client certificate (mutual TLS).
    MutualTls,
}
