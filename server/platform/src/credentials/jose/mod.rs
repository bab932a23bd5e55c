//! The cryptography of access tokens: a backend of `jsonwebtoken` with the algorithms that the service uses, and no
//! others.
//!
//! The backends that the crate provides contain more. A token whose header names an algorithm without code here
//! cannot be accepted.

#[cfg(feature = "tokens")]
mod eddsa;
#[cfg(feature = "jwt")]
mod published;

use std::sync::Once;

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

#[cfg(feature = "tokens")]
pub(super) use eddsa::{decoding_key, encoding_key};

static BACKEND: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    // The service reads JSON Web Keys itself.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Installs this backend of `jsonwebtoken` for the process. Calls after the first have no effect.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // This fails only if another backend is installed, and no other code installs one.
        let _ = BACKEND.install_default();
    });
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    #[cfg(feature = "tokens")]
    if *algorithm == Algorithm::EdDSA {
        return eddsa::signer(key);
    }
    let _ = (algorithm, key);
    Err(ErrorKind::InvalidAlgorithm.into())
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    #[cfg(feature = "tokens")]
    if *algorithm == Algorithm::EdDSA {
        return eddsa::verifier(key);
    }
    #[cfg(feature = "jwt")]
    return published::verifier(*algorithm, key);
    #[cfg(not(feature = "jwt"))]
    {
        let _ = key;
        Err(ErrorKind::InvalidAlgorithm.into())
    }
}
