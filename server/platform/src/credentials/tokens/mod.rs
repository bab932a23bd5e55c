//! Tokens that the service issues itself (JSON Web Tokens, RFC 7519): access tokens and their verification, refresh
//! tokens, and the published keys.

mod keys;
mod published;
mod refresh;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use jsonwebtoken::errors::Error as IssueError;
use jsonwebtoken::{Algorithm, Validation};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use writ_runtime::{BearerToken, Denied};

pub use keys::BadKey;
pub(crate) use keys::TokenKeys;
pub use refresh::RefreshToken;

use super::claims::{self, FromClaims};
use super::verified::{Verified, VerifiedTokens};
use crate::config::{Source, parse};

/// The maximum length of an access token in bytes. A longer text is rejected without parsing it.
const MAX_LENGTH: usize = 4096;

/// The media type of access tokens in the header field `typ` (RFC 9068 § 2.1).
const ACCESS: &str = "at+jwt";

/// The media type of refresh tokens in the header field `typ`. No verifier of access tokens accepts it.
const REFRESH: &str = "refresh+jwt";

/// The settings of the tokens that a service issues.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// The private keys for tokens: of Ed25519 or P-256 as PKCS #8 PEM, or Ed25519 seeds in base64. The first key signs,
    /// all keys verify and are published. If the list is empty, the process generates a random key.
    pub keys: Vec<SecretString>,
    /// The issuer in the claim `iss` of tokens. Default: the name of the service.
    pub issuer: String,
    /// The audience in the claim `aud` of access tokens. Default: the name of the service.
    pub audience: String,
    /// The longest lifetime of an access token. Default: 15 min.
    pub lifetime: Duration,
}

impl TokenConfig {
    /// Reads the settings of tokens. The source keeps the faults.
    pub(crate) fn read(from: &mut Source) -> TokenConfig {
        let name = from.service_name();
        TokenConfig {
            keys: from.setting("TOKEN_KEYS").optional(parse::token_keys).unwrap_or_default(),
            issuer: from.setting("TOKEN_ISSUER").or(name.clone(), parse::text),
            audience: from.setting("TOKEN_AUDIENCE").or(name, parse::text),
            lifetime: from.setting("ACCESS_LIFETIME").or(Duration::from_secs(15 * 60), parse::time_limit),
        }
    }
}

/// The issuer and verifier of a service's own tokens. Clones share the keys and the cache of verified tokens.
pub struct Tokens<P>(Arc<Inner<P>>);

struct Inner<P> {
    keys: TokenKeys,
    validation: Validation,
    issuer: String,
    audience: String,
    lifetime: Duration,
    verified: VerifiedTokens<P>,
}

/// A login session that tokens are issued for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginSession {
    /// The id of the session, for the claim `sid`.
    pub id: Uuid,
    /// The time at which the session ends, however often it is refreshed. No access token is valid for longer.
    pub ends_at: DateTime<Utc>,
}

/// An access token that was just issued, and its lifetime.
#[derive(Clone)]
pub struct AccessToken {
    /// The access token in compact form, for the header `Authorization: Bearer`.
    pub token: String,
    /// The time for which the access token is valid, in whole seconds. It is zero if the session has ended.
    pub expires_in: Duration,
}

/// The claims of an issued token: registered claims (RFC 7519 § 4.1), the session, and those of the service.
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

/// The claims of the service in a refresh token: none.
#[derive(Serialize)]
struct NoClaims {}

impl<P> Clone for Tokens<P> {
    fn clone(&self) -> Tokens<P> {
        Tokens(self.0.clone())
    }
}

impl<P> fmt::Debug for Tokens<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("signing_id", &self.0.keys.0.signing.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl<P: FromClaims> Tokens<P> {
    /// Creates an issuer and verifier of tokens. Without a key it generates a random one.
    ///
    /// # Errors
    /// Returns [`BadKey`] if a key is not a private key of Ed25519 or P-256.
    pub fn new(config: &TokenConfig) -> Result<Tokens<P>, BadKey> {
        Ok(Tokens::on(TokenKeys::read(&config.keys)?, config))
    }

    /// Creates an issuer and verifier of tokens with these keys.
    pub(crate) fn on(keys: TokenKeys, config: &TokenConfig) -> Tokens<P> {
        // The key of a token replaces the algorithm.
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

    /// Returns the longest lifetime of an issued access token.
    pub fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    /// Issues an access token for a caller, in a login session if the service has sessions. The token expires with the
    /// session at the latest.
    ///
    /// # Errors
    /// Returns an error if the claims cannot be encoded as a JSON object.
    pub fn issue<C: Serialize>(
        &self,
        subject: &str,
        session: Option<LoginSession>,
        claims: &C,
    ) -> Result<AccessToken, IssueError> {
        let now = Utc::now().timestamp();
        let latest = now.saturating_add_unsigned(self.0.lifetime.as_secs());
        let expires = session.map_or(latest, |session| latest.min(session.ends_at.timestamp()));
        let token = self.0.keys.sign(
            ACCESS,
            &Claims {
                iss: &self.0.issuer,
                aud: &self.0.audience,
                sub: subject,
                sid: session.map(|session| session.id),
                jti: Uuid::now_v7(),
                iat: now,
                exp: expires,
                own: claims,
            },
        )?;
        let seconds = u64::try_from(expires.saturating_sub(now)).unwrap_or(0);
        Ok(AccessToken { token, expires_in: Duration::from_secs(seconds) })
    }

    /// Issues a refresh token for a login session, which expires after `lifetime`, and with the session at the latest.
    ///
    /// The header `typ` and the audience of a refresh token differ from those of access tokens, so neither token is
    /// accepted in place of the other.
    ///
    /// # Errors
    /// Returns an error if the token cannot be signed.
    pub fn issue_refresh(
        &self,
        subject: &str,
        session: LoginSession,
        lifetime: Duration,
    ) -> Result<RefreshToken, IssueError> {
        let now = Utc::now();
        let latest = now.timestamp().saturating_add_unsigned(lifetime.as_secs());
        let expires = latest.min(session.ends_at.timestamp());
        let audience = format!("{}/refresh", self.0.issuer);
        let token = self.0.keys.sign(
            REFRESH,
            &Claims {
                iss: &self.0.issuer,
                aud: &audience,
                sub: subject,
                sid: Some(session.id),
                // A random id: without it, a token could be guessed by somebody who has the signing key.
                jti: Uuid::new_v4(),
                iat: now.timestamp(),
                exp: expires,
                own: &NoClaims {},
            },
        )?;
        Ok(RefreshToken { token, expires_at: DateTime::from_timestamp(expires, 0).unwrap_or(session.ends_at) })
    }

    /// Returns the route `/.well-known/jwks.json`, which publishes the public keys (RFC 7517) to other services that
    /// verify the access tokens of this one. Add it to the routes of the service.
    pub fn key_set_router(&self) -> Router {
        self.0.keys.router()
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
        if header.typ.as_deref() != Some(ACCESS) {
            return None;
        }
        // The key determines the algorithm. No other field of the token's header is used, because the client
        // controls the header.
        let key = self.0.keys.0.verifying.get(&header.kid?)?;
        let mut validation = self.0.validation.clone();
        validation.algorithms = vec![key.algorithm];
        claims::caller(jsonwebtoken::decode::<Value>(token, &key.key, &validation).ok()?.claims)
    }
}

#[cfg(test)]
mod tests;
