//! The claims of access tokens (JSON Web Tokens, RFC 7519), and their conversion into a principal.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use uuid::Uuid;

use super::verified::Verified;
use crate::principal::Principal;

/// The registered claims of a verified access token (RFC 7519 § 4.1) that a service may need.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registered {
    /// The claim `iss`: the issuer of the token.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// The claim `sub`: the caller, as the issuer identifies them.
    #[serde(rename = "sub")]
    pub subject: String,
    /// The claim `sid`: the login session of the token, if it is a UUID.
    #[serde(rename = "sid", default, deserialize_with = "uuid")]
    pub session: Option<Uuid>,
    /// The claim `jti`: the id of the token.
    #[serde(rename = "jti", default)]
    pub id: Option<String>,
    /// The claim `exp`: the time at which the token expires, in seconds since the Unix epoch.
    #[serde(rename = "exp", deserialize_with = "seconds")]
    pub expires: i64,
}

/// A principal that can be identified by an access token.
///
/// ```
/// use std::borrow::Cow;
/// use writ_platform::credentials::Registered;
/// use writ_platform::{FromClaims, Principal};
///
/// #[derive(Clone)]
/// struct Visitor {
///     id: String,
///     scopes: Vec<String>,
/// }
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Claims {
///     /// The scopes, separated by spaces (RFC 9068 § 2.2.3).
///     #[serde(default)]
///     scope: String,
/// }
///
/// impl Principal for Visitor {
///     fn id(&self) -> Cow<'_, str> {
///         Cow::Borrowed(&self.id)
///     }
/// }
///
/// impl FromClaims for Visitor {
///     type Claims = Claims;
///
///     fn from_claims(token: &Registered, claims: Claims) -> Option<Visitor> {
///         let scopes = claims.scope.split_whitespace().map(str::to_owned).collect();
///         Some(Visitor { id: token.subject.clone(), scopes })
///     }
/// }
/// ```
pub trait FromClaims: Principal + Clone {
    /// The claims of the token that the service defines, or that the issuer documents.
    type Claims: DeserializeOwned;

    /// Returns the caller to whom a verified token belongs. `None` rejects the token.
    fn from_claims(token: &Registered, claims: Self::Claims) -> Option<Self>;
}

/// Returns the caller of a token with these claims, and the time at which it expires. Returns `None` if the claims
/// are not of the expected form, or if the service rejects them.
pub(super) fn caller<P: FromClaims>(claims: Value) -> Option<Verified<P>> {
    let registered = Registered::deserialize(&claims).ok()?;
    let caller = P::from_claims(&registered, serde_json::from_value(claims).ok()?)?;
    Some(Verified { caller, expires: registered.expires })
}

/// Reads a UUID, and ignores every other value: issuers may identify sessions in another form.
fn uuid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

/// Reads a time in seconds, which can have a fraction (RFC 7519 § 2, NumericDate).
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let seconds = number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64));
    seconds.ok_or_else(|| serde::de::Error::custom("not a time"))
}
