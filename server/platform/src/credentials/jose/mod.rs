//! The cryptography of tokens: a backend of `jsonwebtoken` on `ring` with the algorithms that services use, and no others.
//!
//! The backends that the crate provides contain more. A token whose header names an algorithm without code here
//! cannot be accepted.

#[cfg(feature = "tokens")]
mod sign;
mod verify;

use std::sync::Once;

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, KeyUtils};
use jsonwebtoken::errors::Result;
use jsonwebtoken::{Algorithm, EncodingKey};

#[cfg(feature = "tokens")]
pub(super) use sign::KeyPair;

static BACKEND: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: |algorithm, key| verify::verifier(*algorithm, key),
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

#[cfg(feature = "tokens")]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    sign::signer(*algorithm, key)
}

/// Refuses to sign, because a service that verifies the tokens of an external issuer signs none.
#[cfg(not(feature = "tokens"))]
fn signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    Err(jsonwebtoken::errors::ErrorKind::InvalidAlgorithm.into())
}
