//! The security requirements of an operation, and the schemes that they name.

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
