//! The credentials that a request presents, typed by the kind of their security scheme.

use std::borrow::Cow;
use std::fmt;

use crate::http::address::ClientCertificate;

/// A credential that a request presents for one security scheme. The kind of the scheme decides the variant.
///
/// Generated code passes it to the method of the contract's trait `Authenticator` for its security scheme. `Debug`
/// output hides every secret.
///
/// ```
/// use writ_runtime::{BearerToken, Credential};
///
/// let credential = Credential::Bearer(BearerToken::new("hush"));
/// assert_eq!(format!("{credential:?}"), "Bearer(BearerToken(***))");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential<'a> {
    /// The token in `Authorization: Bearer`, for `http` schemes with `bearer`, for `oauth2` and for `openIdConnect`.
    Bearer(BearerToken<'a>),
    /// The decoded user name and password in `Authorization: Basic`.
    Basic(BasicCredentials),
    /// The credentials in the header `Authorization` for another HTTP authentication scheme, such as `Digest`.
    Http(HttpCredentials<'a>),
    /// The API key in a header, query parameter or cookie.
    ApiKey(ApiKey<'a>),
    /// The client certificate that the transport has verified.
    Certificate(&'a ClientCertificate),
}

/// A bearer token (RFC 6750 § 2.1) that a request presents. Its `Debug` output hides the token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BearerToken<'a>(&'a str);

impl<'a> BearerToken<'a> {
    /// Creates a bearer token from its text.
    pub fn new(token: &'a str) -> BearerToken<'a> {
        BearerToken(token)
    }

    /// Returns the text of the token, without `Bearer`.
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for BearerToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(***)")
    }
}

/// An API key that a request presents in a header, query parameter or cookie. Its `Debug` output hides the key.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey<'a>(Cow<'a, str>);

impl<'a> ApiKey<'a> {
    /// Creates an API key from its text.
    pub fn new(key: impl Into<Cow<'a, str>>) -> ApiKey<'a> {
        ApiKey(key.into())
    }

    /// Returns the text of the key. In a query parameter it is percent-decoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

/// The decoded user name and password of HTTP Basic (RFC 7617 § 2). `Debug` output hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    /// The user name. It contains no colon.
    pub user: String,
    /// The password. It may contain colons.
    pub password: String,
}

impl fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicCredentials").field("user", &self.user).field("password", &"***").finish()
    }
}

/// The credentials in the header `Authorization` for an HTTP authentication scheme other than `Bearer` and `Basic`,
/// such as `Digest` (RFC 9110 § 11.6.2). `Debug` output hides the credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HttpCredentials<'a> {
    /// The name of the HTTP authentication scheme, as the contract spells it.
    pub scheme: &'a str,
    /// The text after the name of the scheme: a token or a list of parameters. It is neither decoded nor verified.
    pub credentials: &'a str,
}

impl fmt::Debug for HttpCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCredentials").field("scheme", &self.scheme).field("credentials", &"***").finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debug_output_of_every_credential_hides_its_secret() {
        let credentials = [
            Credential::Bearer(BearerToken::new("hush")),
            Credential::Basic(BasicCredentials { user: "ada".to_owned(), password: "hush".to_owned() }),
            Credential::Http(HttpCredentials { scheme: "digest", credentials: "hush" }),
            Credential::ApiKey(ApiKey::new("hush")),
        ];
        let shown = format!("{credentials:?}");
        assert!(!shown.contains("hush"), "{shown}");
        assert_eq!(shown.matches("***").count(), credentials.len(), "{shown}");
    }
}
