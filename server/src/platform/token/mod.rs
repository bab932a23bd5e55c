//! Access tokens (RFC 7519): issued, verified, and remembered until they expire.

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

/// The most tokens that are remembered at once.
const REMEMBERED: u64 = 100_000;

/// Longer than any token of ours; a longer text is not even looked at.
const LONGEST: usize = 4096;

/// Issues and verifies access tokens. Clones share keys and memory.
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

/// Who a token was verified for, until when.
#[derive(Clone)]
struct Verified {
    caller: Arc<Caller>,
    expires: i64,
}

/// An access token that was just issued.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The compact form, to be sent as `Authorization: Bearer`.
    pub token: String,
    /// How long it is good.
    pub expires_in: Duration,
}

/// Why a token proves nothing. One reason for all, so that nothing is learned from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidToken;

/// The claims, as RFC 7519 § 4.1 names them, and ours.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// A TypeID, as the API shows the user.
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
    /// Reads the keys.
    ///
    /// # Errors
    /// A key that is not one.
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
            verified: Cache::builder().max_capacity(REMEMBERED).expire_after(UntilExpiry).build(),
        })))
    }

    /// A token for a user in a session.
    ///
    /// # Errors
    /// Only when the claims cannot be written, which no input brings about.
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

    /// Who a token was issued to.
    ///
    /// # Errors
    /// A token that we did not sign, that has expired, or that is meant for another service.
    pub fn verify(&self, token: &str) -> Result<Arc<Caller>, InvalidToken> {
        if token.len() > LONGEST {
            return Err(InvalidToken);
        }
        // Remembered by its hash: what is in memory is good for nobody.
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

    fn check(&self, token: &str) -> Option<Verified> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        // The key decides the algorithm; what the header says beside `kid` is not followed.
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

    fn sign(&self, claims: &Claims) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.0.keys.signing_id.clone());
        let token = jsonwebtoken::encode(&header, claims, &self.0.keys.signing)?;
        Ok(AccessToken { token, expires_in: self.0.lifetime })
    }
}

/// Forgets a token when it expires.
struct UntilExpiry;

impl Expiry<[u8; 32], Verified> for UntilExpiry {
    fn expire_after_create(&self, _: &[u8; 32], verified: &Verified, _: Instant) -> Option<Duration> {
        let left = verified.expires.saturating_sub(Utc::now().timestamp());
        Some(Duration::from_secs(left.try_into().unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests;
