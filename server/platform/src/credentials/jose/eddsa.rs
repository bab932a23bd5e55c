//! EdDSA with Ed25519 (RFC 8037), for the tokens that a service signs and verifies.

use ed25519_dalek::{Signature, SignatureError, Signer, SigningKey, Verifier, VerifyingKey};
use jsonwebtoken::crypto::{JwtSigner, JwtVerifier};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

/// A signer of access tokens with an Ed25519 private key.
struct Sign(SigningKey);

/// A verifier of access tokens with an Ed25519 public key.
struct Verify(VerifyingKey);

/// Returns the key that signs access tokens, for a 32-byte Ed25519 seed.
pub(in crate::credentials) fn encoding_key(seed: &[u8; 32]) -> EncodingKey {
    EncodingKey::from_ed_der(seed)
}

/// Returns the key that verifies access tokens, for an Ed25519 public key.
pub(in crate::credentials) fn decoding_key(key: &VerifyingKey) -> DecodingKey {
    DecodingKey::from_ed_der(key.as_bytes())
}

pub(super) fn signer(key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let seed = <[u8; 32]>::try_from(key.as_bytes()).map_err(|_| ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(Sign(SigningKey::from_bytes(&seed))))
}

pub(super) fn verifier(key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let bytes = <[u8; 32]>::try_from(key.try_get_as_bytes()?).map_err(|_| ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(Verify(VerifyingKey::from_bytes(&bytes).map_err(|_| ErrorKind::InvalidEddsaKey)?)))
}

impl Signer<Vec<u8>> for Sign {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        Ok(self.0.try_sign(message)?.to_vec())
    }
}

impl JwtSigner for Sign {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

impl Verifier<Vec<u8>> for Verify {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), SignatureError> {
        // Strict verification rejects keys of small order and malleable signatures (RFC 8032 § 5.1.7, § 8.4).
        self.0.verify_strict(message, &Signature::from_slice(signature)?)
    }
}

impl JwtVerifier for Verify {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}
