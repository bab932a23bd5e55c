//! Refresh tokens of login sessions: random strings. The database stores only their hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use writ_platform::random;

/// Returns a new refresh token of 256 random bits, in base64url without padding (RFC 4648 § 5).
pub fn generate() -> String {
    URL_SAFE_NO_PAD.encode(random::bytes::<32>())
}

/// Returns the hash of a refresh token, as the database stores it.
///
/// A fast hash is sufficient, because 256 random bits cannot be guessed.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_differs_from_the_next() {
        let token = generate();
        assert_eq!(URL_SAFE_NO_PAD.decode(&token).unwrap().len(), 32);
        assert_ne!(token, generate());
        assert_ne!(hash(&token), hash(&generate()));
    }
}
