//! Access tokens that the service issues itself (JSON Web Tokens, RFC 7519): issuing and verification.

mod keys;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use jsonwebtoken::errors::Error as IssueError;
use jsonwebtoken::{Algorithm, Header, Validation};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use writ_runtime::{BearerToken, Denied};

pub use keys::BadKey;

use super::claims::{self, FromClaims};
use super::verified::{Verified, VerifiedTokens};
use crate::config::{Source, parse};
use keys::KeySet;

/// The maximum length of an access token in bytes. A longer text is rejected without parsing it.
const MAX_LENGTH: usize = 4096;

/// The settings of the access tokens that a service issues.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// The Ed25519 private keys for access tokens, as PEM or as base64 seeds. The first key signs, all keys
    /// verify. If the list is empty, the process generates a random key.
    pub keys: Vec<SecretString>,
    /// The issuer in the claim `iss` of access tokens. Default: the name of the service.
    pub issuer: String,
    /// The audience in the claim `aud` of access tokens. Default: the name of the service.
    pub audience: String,
    /// The lifetime of an access token. Default: 15 min.
    pub lifetime: Duration,
}

impl TokenConfig {
    /// Reads the settings of access tokens. The source keeps the faults.
    pub(crate) fn read(from: &mut Source) -> TokenConfig {
        let name = from.service_name();
        TokenConfig {
            keys: from.setting("TOKEN_KEYS").optional(parse::token_keys).unwrap_or_default(),
            issuer: from.setting("TOKEN_ISSUER").or(name.clone(), parse::text),
            audience: from.setting("TOKEN_AUDIENCE").or(name, parse::text),
            lifetime: from.setting("ACCESS_LIFETIME").or(Duration::from_secs(15 * 60), parse::duration),
        }
    }
}

/// The issuer and verifier of a service's own access tokens. Clones share the keys and the cache of verified tokens.
pub struct Tokens<P>(Arc<Inner<P>>);

struct Inner<P> {
    keys: KeySet,
    validation: Validation,
    issuer: String,
    audience: String,
    lifetime: Duration,
    verified: VerifiedTokens<P>,
}

/// An access token that was just issued, and its lifetime.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The access token in compact form, for the header `Authorization: Bearer`.
    pub token: String,
    /// The time for which the access token is valid.
    pub expires_in: Duration,
}

/// The claims of an issued access token: registered claims (RFC 7519 § 4.1), the session, and those of the service.
#[derive(Serialize)]
struct Claims<'a, C> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    jti: Uuid,
    iat: i64,
    exp: i64,
    #[serde(flatten)]
    own: &'a C,
}

impl<P> Clone for Tokens<P> {
    fn clone(&self) -> Tokens<P> {
        Tokens(self.0.clone())
    }
}

impl<P> fmt::Debug for Tokens<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("signing_id", &self.0.keys.signing_id).finish_non_exhaustive()
    }
}

impl<P: FromClaims> Tokens<P> {
    /// Creates an issuer and verifier of access tokens. Without a key it generates a random one.
    ///
    /// # Errors
    /// Returns [`BadKey`] if a key is not an Ed25519 private key.
    pub fn new(config: &TokenConfig) -> Result<Tokens<P>, BadKey> {
        Ok(Tokens::on(KeySet::read(&config.keys)?, config))
    }

    /// Creates an issuer and verifier of access tokens with a random key.
    pub(crate) fn with_random_key(config: &TokenConfig) -> Tokens<P> {
        Tokens::on(KeySet::random(), config)
    }

    fn on(keys: KeySet, config: &TokenConfig) -> Tokens<P> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        Tokens(Arc::new(Inner {
            keys,
            validation,
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            lifetime: config.lifetime,
            verified: VerifiedTokens::new(config.lifetime),
        }))
    }

    /// Returns the lifetime of an issued access token.
    pub fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    /// Issues an access token for a caller, in a login session if the service has sessions.
    ///
    /// # Errors
    /// Returns an error if the claims cannot be encoded as a JSON object.
    pub fn issue<C: Serialize>(
        &self,
        subject: &str,
        session: Option<Uuid>,
        claims: &C,
    ) -> Result<AccessToken, IssueError> {
        let now = Utc::now().timestamp();
        self.sign(&Claims {
            iss: &self.0.issuer,
            aud: &self.0.audience,
            sub: subject,
            sid: session,
            jti: Uuid::now_v7(),
            iat: now,
            exp: now.saturating_add_unsigned(self.0.lifetime.as_secs()),
            own: claims,
        })
    }

    /// Returns the caller to whom an access token belongs.
    ///
    /// It does not check whether the login session of the token has ended.
    /// [`Revocations`](crate::revocation::Revocations) as a policy of the gate does, without a round trip of its own.
    ///
    /// # Errors
    /// Returns [`Denied::Unauthenticated`] if this service has not signed the token, if it has expired, or if its
    /// issuer or audience is another service. The message states no reason, so that a client cannot learn from it.
    pub fn caller(&self, token: BearerToken<'_>) -> Result<P, Denied> {
        let denied = || Denied::Unauthenticated(Cow::Borrowed("the access token is not valid or has expired"));
        self.verify(token.as_str()).ok_or_else(denied)
    }

    fn verify(&self, token: &str) -> Option<P> {
        if token.len() > MAX_LENGTH {
            return None;
        }
        if let Some(caller) = self.0.verified.get(token) {
            return Some(caller);
        }
        let verified = self.check(token)?;
        self.0.verified.insert(token, verified.clone());
        Some(verified.caller)
    }

    /// Verifies an access token without the cache. Returns `None` if the token is not valid.
    fn check(&self, token: &str) -> Option<Verified<P>> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        // The key determines the algorithm. No other field of the token's header is used, because the client
        // controls the header.
        let key = self.0.keys.verifying.get(&header.kid?)?;
        claims::caller(jsonwebtoken::decode::<Value>(token, key, &self.0.validation).ok()?.claims)
    }

    /// Signs the claims of an access token and returns the token.
    fn sign(&self, claims: &impl Serialize) -> Result<AccessToken, IssueError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.0.keys.signing_id.clone());
        let token = jsonwebtoken::encode(&header, claims, &self.0.keys.signing)?;
        Ok(AccessToken { token, expires_in: self.0.lifetime })
    }
}

#[cfg(test)]
mod tests;
