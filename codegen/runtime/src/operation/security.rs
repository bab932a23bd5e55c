//! The security requirements of an operation and the security schemes that they refer to.

/// A security requirement of an operation: a security scheme with the scopes that the caller needs.
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
    /// The security scheme by which the caller must authenticate.
    pub scheme: &'static Scheme,
    /// The scopes that the principal must have under the required security scheme.
    pub scopes: &'static [&'static str],
}

/// A security scheme of the contract (OpenAPI 3.0.3 § 4.7.27). [`Requirement`] has an example.
#[derive(Debug)]
pub struct Scheme {
    /// The name of the security scheme under `components.securitySchemes` in the contract.
    pub name: &'static str,
    /// The location of the security scheme's credential in a request.
    pub kind: SchemeKind,
}

/// The location of the credential of a security scheme in a request. [`Requirement`] has an example.
#[derive(Debug)]
pub enum SchemeKind {
    /// The credential is in the header `Authorization: Bearer` (RFC 6750), also for OAuth 2 and OpenID Connect.
    Bearer,
    /// The credential is in the header `Authorization: Basic` (RFC 7617).
    Basic,
    /// The credential is in the header `Authorization` with another authentication scheme, which has this name.
    Authorization(&'static str),
    /// The credential is an API key in the header of this name.
    Header(&'static str),
    /// The credential is an API key in the query parameter of this name.
    Query(&'static str),
    /// The credential is an API key in the cookie of this name.
    Cookie(&'static str),
    /// The credential is a client certificate, which the transport has verified.
    MutualTls,
}
