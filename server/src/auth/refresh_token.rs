//! Refresh tokens: random words, of which only a hash is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::platform::random;

/// A new refresh token of 256 random bits.
pub fn generate() -> String {
    URL_SAFE_NO_PAD.encode(random::bytes::<32>())
}

/// What is kept of a token. A fast hash is enough, since nobody can guess 256 bits.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_is_never_given_twice() {
        let token = generate();
        assert_eq!(URL_SAFE_NO_PAD.decode(&token).unwrap().len(), 32);
        assert_ne!(token, generate());
        assert_ne!(hash(&token), hash(&generate()));
    }
}
