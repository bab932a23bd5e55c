//! Security schemes, and the security requirements of an operation.

use crate::source::Span;

/// A security requirement of an operation: a security scheme and the scopes under it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The name of the required security scheme in `components.securitySchemes`.
    pub scheme: String,
    /// The scopes (permissions) that the caller needs for the operation.
    pub scopes: Vec<String>,
}

/// A security scheme of the contract: a way for the caller to authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// The name of the security scheme in `components.securitySchemes`.
    pub name: String,
    /// The kind of credential that the security scheme requires, and its location in a request.
    pub kind: SchemeKind,
    /// The location of the security scheme's name in the contract.
    pub span: Span,
    /// The description of the security scheme (`description`).
    pub description: Option<String>,
    /// The format of the bearer token (`bearerFormat`), for example `JWT`.
    pub bearer_format: Option<String>,
    /// True if an authorization server issues the token of the security scheme (`oauth2`, `openIdConnect`).
    pub delegated: bool,
    /// The scopes that the OAuth flows of the security scheme declare, each once.
    pub scopes: Vec<Scope>,
}

/// A scope that an OAuth flow of a security scheme declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The name of the scope.
    pub name: String,
    /// The description of the scope; empty if the contract has none.
    pub description: String,
}

/// The kind of credential of a security scheme and its location in a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchemeKind {
    /// The caller sends a bearer token in the `Authorization` header (RFC 6750); also for OAuth 2 and OpenID Connect.
    Bearer,
    /// The caller sends a user name and a password in the `Authorization` header (RFC 7617).
    Basic,
    /// The caller sends credentials of another HTTP scheme, with this name, in the `Authorization` header.
    Authorization(String),
    /// The caller sends an API key in the header with this name.
    Header(String),
    /// The caller sends an API key in the query parameter with this name.
    Query(String),
    /// The caller sends an API key in the cookie with this name.
    Cookie(String),
    /// The caller presents a client certificate (mutual TLS).
    MutualTls,
}
