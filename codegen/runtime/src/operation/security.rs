//! The security requirements of an operation and the security schemes that they refer to.

/// A security scheme that an operation requires, with the required scopes.
///
/// ```
/// use writ_runtime::{Requirement, Scheme, SchemeKind};
///
/// static BEARER: Scheme = Scheme { name: "bearer", kind: SchemeKind::Bearer };
///
/// // security: [{ bearer: ["users:read"] }]
/// const SECURITY: &[&[Requirement]] = &[&[Requirement { scheme: &BEARER, scopes: &["users:read"] }]];
/// # assert_eq!(SECURITY[0][0].scheme.name, "bearer");
/// ```
#[derive(Debug)]
pub struct Requirement {
    /// The security scheme that is required.
    pub scheme: &'static Scheme,
    /// The scopes that the principal must have under the scheme.
    pub scopes: &'static [&'static str],
}

/// A security scheme of the contract (OpenAPI 3.0.3 § 4.7.27).
#[derive(Debug)]
pub struct Scheme {
    /// The name of the security scheme in `components.securitySchemes`.
    pub name: &'static str,
    /// The location of the scheme's credential in a request.
    pub kind: SchemeKind,
}

/// The location of the credential of a security scheme in a request.
#[derive(Debug)]
pub enum SchemeKind {
    /// The header `Authorization: Bearer` (RFC 6750), also for OAuth 2 and OpenID Connect.
    Bearer,
    /// The header `Authorization: Basic` (RFC 7617).
    Basic,
    /// The header `Authorization` with another authentication scheme, which has this name.
    Authorization(&'static str),
    /// An API key in the header of this name.
    Header(&'static str),
    /// An API key in the query parameter of this name.
    Query(&'static str),
    /// An API key in the cookie of this name.
    Cookie(&'static str),
    /// A client certificate, which the transport has verified.
    MutualTls,
}
