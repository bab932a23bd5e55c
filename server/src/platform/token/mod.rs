//! Access tokens (JSON Web Tokens, RFC 7519): issuing, verification, and a cache of verified tokens.

mod eddsa;
mod keys;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use jsonwebtoken::{Algorithm, Header, Validation};
use moka::Expiry;
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use writ_runtime::type_id;

pub use keys::BadKey;

use crate::platform::caller::{Caller, Role};
use crate::platform::config::TokenConfig;
use keys::KeySet;

/// The maximum number of verified access tokens in the cache.
const MAX_CACHED: u64 = 100_000;

/// The maximum length of an access token in bytes. A longer text is rejected without parsing it.
const MAX_LENGTH: usize = 4096;

/// The issuer and verifier of access tokens. Clones share the keys and the cache of verified tokens.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    keys: KeySet,
    validation: Validation,
    issuer: String,
    audience: String,
    lifetime: Duration,
    verified: Cache<[u8; 32], Verified>,
}

/// The caller of a verified access token, and the time at which the token expires.
#[derive(Clone)]
struct Verified {
    caller: Arc<Caller>,
    /// The time at which the access token expires, in seconds since the Unix epoch.
    expires: i64,
}

/// An access token that was just issued, and its lifetime.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The access token in compact form, for the header `Authorization: Bearer`.
    pub token: String,
    /// The time for which the access token is valid.
    pub expires_in: Duration,
}

/// The rejection of an access token. It states no reason, so that a client cannot learn from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidToken;

/// The claims of an access token: registered claims (RFC 7519 § 4.1), and the claims `email`, `roles` and `sid`
/// of this service.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The user id of the token's caller as a TypeID, the form that the API uses.
    sub: String,
    email: String,
    roles: Vec<String>,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("signing_id", &self.0.keys.signing_id).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Creates an issuer and verifier of access tokens from the configuration. Without a key it generates a
    /// random one.
    ///
    /// # Errors
    /// Returns [`BadKey`] if a key is not an Ed25519 private key.
    pub fn new(config: &TokenConfig) -> Result<Tokens, BadKey> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        Ok(Tokens(Arc::new(Inner {
            keys: KeySet::read(&config.keys)?,
            validation,
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            lifetime: config.access_lifetime,
            verified: Cache::builder().max_capacity(MAX_CACHED).expire_after(UntilExpiry).build(),
        })))
    }

    /// Issues an access token for a user in a login session.
    ///
    /// # Errors
    /// Returns an error if the claims of the token cannot be encoded, which no input causes.
    pub fn issue(
        &self,
        user_id: Uuid,
        email: &str,
        role: Role,
        session_id: Uuid,
    ) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        let now = Utc::now().timestamp();
        self.sign(&Claims {
            iss: self.0.issuer.clone(),
            aud: self.0.audience.clone(),
            sub: type_id::format("usr", user_id),
            email: email.to_owned(),
            roles: vec![role.as_str().to_owned()],
            sid: session_id,
            jti: Uuid::now_v7(),
            iat: now,
            exp: now.saturating_add_unsigned(self.0.lifetime.as_secs()),
        })
    }

    /// Verifies an access token and returns its caller.
    ///
    /// # Errors
    /// Returns [`InvalidToken`] if this service has not signed the token, if it has expired, or if its issuer
    /// or audience is another service.
    pub fn verify(&self, token: &str) -> Result<Arc<Caller>, InvalidToken> {
        if token.len() > MAX_LENGTH {
            return Err(InvalidToken);
        }
        // The cache key is a hash, so that memory contains no usable tokens.
        let hash: [u8; 32] = Sha256::digest(token).into();
        if let Some(verified) = self.0.verified.get(&hash)
            && verified.expires > Utc::now().timestamp()
        {
            return Ok(verified.caller);
        }
        let verified = self.check(token).ok_or(InvalidToken)?;
        self.0.verified.insert(hash, verified.clone());
        Ok(verified.caller)
    }

    /// Verifies an access token without the cache. Returns `None` if the token is not valid.
    fn check(&self, token: &str) -> Option<Verified> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        // The key determines the algorithm. No other field of the token's header is used, because the client
        // controls the header.
        let key = self.0.keys.verifying.get(&header.kid?)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.0.validation).ok()?.claims;
        let role: Role =
            claims.roles.iter().filter_map(|role| role.parse().ok()).max_by_key(|role| *role == Role::Admin)?;
        let caller = Caller {
            user_id: type_id::parse("usr", &claims.sub)?,
            email: claims.email,
            role,
            scopes: role.scopes(),
            session_id: claims.sid,
            jti: claims.jti,
        };
        Some(Verified { caller: Arc::new(caller), expires: claims.exp })
    }

    /// Signs the claims of an access token and returns the token.
    fn sign(&self, claims: &Claims) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.0.keys.signing_id.clone());
        let token = jsonwebtoken::encode(&header, claims, &self.0.keys.signing)?;
        Ok(AccessToken { token, expires_in: self.0.lifetime })
    }
}

/// The expiry policy of the cache of verified access tokens: an entry expires together with its token.
struct UntilExpiry;

impl Expiry<[u8; 32], Verified> for UntilExpiry {
    fn expire_after_create(&self, _: &[u8; 32], verified: &Verified, _: Instant) -> Option<Duration> {
        let remaining = verified.expires.saturating_sub(Utc::now().timestamp());
        Some(Duration::from_secs(remaining.try_into().unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests;
