//! Access tokens of an external issuer (JSON Web Tokens, RFC 7519), verified with the keys that the issuer publishes.
//!
//! The keys are found by discovery (OpenID Connect Discovery 1.0 § 4, RFC 8414 § 3), kept in memory, and fetched again
//! regularly and when a token names an unknown key, but never more often than every ten seconds. A key determines the
//! algorithm of its tokens. Issuer and audience must be those of the settings. A token whose header says that it is not an
//! access token is rejected.

mod settings;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Validation;
use serde_json::Value;
use writ_runtime::{BearerToken, Denied, Unavailable};

pub use settings::IssuerConfig;

use super::claims::{self, FromClaims};
use super::jose;
use super::remote_keys::{COOLDOWN, Found, Jwk, Keys};
use super::verified::{Verified, VerifiedTokens};

/// The maximum length of an access token in bytes. A longer text is rejected without parsing it.
const MAX_LENGTH: usize = 16 * 1024;

/// The time for which a verified token is kept in memory. A key that the issuer withdraws verifies no token for longer.
const REMEMBERED: Duration = Duration::from_secs(300);

/// The tolerated difference between the clocks of the issuer and of this service, in seconds.
const LEEWAY: u64 = 30;

/// The verifier of the access tokens of an external issuer. Clones share the keys and the cache of verified tokens.
pub struct Issuer<P>(Arc<Inner<P>>);

struct Inner<P> {
    config: IssuerConfig,
    keys: Keys,
    verified: VerifiedTokens<P>,
}

impl<P> Clone for Issuer<P> {
    fn clone(&self) -> Issuer<P> {
        Issuer(self.0.clone())
    }
}

impl<P> fmt::Debug for Issuer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl<P: FromClaims> Issuer<P> {
    /// Creates the verifier of the tokens of an issuer. It fetches the keys of the issuer on first use.
    pub fn new(config: IssuerConfig) -> Issuer<P> {
        jose::install();
        let keys = Keys::new(config.issuer.clone(), config.key_location());
        Issuer(Arc::new(Inner { config, keys, verified: VerifiedTokens::new(REMEMBERED) }))
    }

    /// Returns the caller to whom an access token belongs.
    ///
    /// # Errors
    /// Returns [`Denied::Unauthenticated`] if the issuer has not signed the token, if it has expired or is for another
    /// audience, and [`Denied::Unavailable`] if the keys of the issuer cannot be fetched.
    pub async fn caller(&self, token: BearerToken<'_>) -> Result<P, Denied> {
        let token = token.as_str();
        let denied = || Denied::Unauthenticated(Cow::Borrowed("the access token is not valid or has expired"));
        if token.len() > MAX_LENGTH {
            return Err(denied());
        }
        if let Some(caller) = self.0.verified.get(token) {
            return Ok(caller);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| denied())?;
        if !header.typ.as_deref().is_none_or(is_access_token) {
            return Err(denied());
        }
        let key = match self.0.keys.find(header.kid.as_deref()).await {
            Found::Key(key) => key,
            Found::Unknown => return Err(denied()),
            Found::Unavailable(cause) => {
                return Err(Denied::Unavailable(Unavailable::retry_after(COOLDOWN).because(cause).into()));
            }
        };
        let verified = self.verify(token, &key).ok_or_else(denied)?;
        self.0.verified.insert(token, verified.clone());
        Ok(verified.caller)
    }

    /// Verifies a token with a key. Returns `None` if the token is not valid.
    fn verify(&self, token: &str, key: &Jwk) -> Option<Verified<P>> {
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.0.config.issuer]);
        validation.set_audience(&[&self.0.config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        claims::caller(jsonwebtoken::decode::<Value>(token, &key.key, &validation).ok()?.claims)
    }
}

/// Returns true if the type in the header of a token can be that of an access token: `at+jwt` (RFC 9068 § 2.1), or `JWT`,
/// which says nothing.
///
/// Issuers sign tokens for other purposes with the same keys, such as `logout+jwt` and `secevent+jwt`. Types are media
/// types, whose prefix `application/` can be omitted (RFC 7515 § 4.1.9).
fn is_access_token(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    matches!(kind.strip_prefix("application/").unwrap_or(&kind), "jwt" | "at+jwt")
}

#[cfg(test)]
mod tests;
