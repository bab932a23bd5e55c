//! Refresh tokens of login sessions: tokens of which the service stores a hash, and which can be used once.

use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// A refresh token that was just issued.
///
/// It is a JSON Web Token, so that clients and logs can tell its subject, id and end. The service stores the hash of the
/// complete token, and the stored row alone decides if a token is valid: it knows whether the token was used or its
/// session has ended. Therefore refresh tokens survive a change of the signing key.
#[derive(Clone)]
pub struct RefreshToken {
    /// The refresh token in compact form.
    pub token: String,
    /// The time at which the refresh token expires, in whole seconds.
    pub expires_at: DateTime<Utc>,
}

impl RefreshToken {
    /// Returns the hash of this token, for the row of its session.
    pub fn hash(&self) -> [u8; 32] {
        RefreshToken::hash_of(&self.token)
    }

    /// Returns the hash of a token that a client presents.
    ///
    /// A fast hash is sufficient, because a token contains a random id of 122 bits and a signature.
    pub fn hash_of(token: &str) -> [u8; 32] {
        Sha256::digest(token).into()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
