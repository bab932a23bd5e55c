//! The key pairs that sign the tokens of a service: Ed25519 (RFC 8037) and ECDSA with P-256 (RFC 7518 § 3.4).

use std::result::Result as StdResult;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error, Signer};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};

/// A key pair that signs tokens. The kind of key determines the algorithm.
pub(in crate::credentials) struct KeyPair {
    pub(in crate::credentials) algorithm: Algorithm,
    pub(in crate::credentials) private: EncodingKey,
    /// The bytes of an Ed25519 public key, or a point of P-256 in uncompressed form (SEC 1 § 2.3.3).
    pub(in crate::credentials) public: Vec<u8>,
}

/// A signer of tokens.
enum Sign {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

impl KeyPair {
    /// Creates the Ed25519 key pair of a 32-byte seed. Returns `None` for another length.
    pub(in crate::credentials) fn of_seed(seed: &[u8]) -> Option<KeyPair> {
        let key = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let (private, public) = (EncodingKey::from_ed_der(seed), key.public_key().as_ref().to_vec());
        Some(KeyPair { algorithm: Algorithm::EdDSA, private, public })
    }

    /// Reads a key pair from a PKCS #8 PEM block. Returns `None` if the key is neither of Ed25519 nor of P-256.
    pub(in crate::credentials) fn of_pem(text: &str) -> Option<KeyPair> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok()?;
        let der = key.secret_pkcs8_der();
        let (algorithm, private, public) = if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            (Algorithm::EdDSA, EncodingKey::from_ed_der(der), key.public_key().as_ref().to_vec())
        } else {
            let key = p256(der).ok()?;
            (Algorithm::ES256, EncodingKey::from_ec_der(der), key.public_key().as_ref().to_vec())
        };
        Some(KeyPair { algorithm, private, public })
    }

    /// Returns the key that verifies the signatures of this one.
    pub(in crate::credentials) fn verifying(&self) -> DecodingKey {
        match self.algorithm {
            Algorithm::EdDSA => DecodingKey::from_ed_der(&self.public),
            _ => DecodingKey::from_ec_der(&self.public),
        }
    }

    /// Returns the public key as a JSON Web Key (RFC 7517) with this id.
    pub(in crate::credentials) fn jwk(&self, id: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self.algorithm {
            Algorithm::EdDSA => json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": id, "x": text(&self.public),
            }),
            _ => {
                let (x, y) = self.public[1..].split_at(32);
                json!({
                    "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": id, "x": text(x), "y": text(y),
                })
            }
        }
    }
}

/// Returns the signer of a key. Its private bytes are a seed, or a PKCS #8 document.
pub(super) fn signer(algorithm: Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let bytes = key.as_bytes();
    let sign = match algorithm {
        Algorithm::EdDSA => Ed25519KeyPair::from_seed_unchecked(bytes)
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes))
            .map(Sign::Ed25519)
            .map_err(|_| ErrorKind::InvalidEddsaKey)?,
        Algorithm::ES256 => p256(bytes).map(Sign::P256)?,
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    };
    Ok(Box::new(sign))
}

fn p256(der: &[u8]) -> Result<EcdsaKeyPair> {
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new());
    key.map_err(|_| ErrorKind::InvalidEcdsaKey.into())
}

impl Signer<Vec<u8>> for Sign {
    fn try_sign(&self, message: &[u8]) -> StdResult<Vec<u8>, Error> {
        match self {
            Sign::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
            Sign::P256(key) => {
                let signature = key.sign(&SystemRandom::new(), message).map_err(|_| Error::new())?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

impl JwtSigner for Sign {
    fn algorithm(&self) -> Algorithm {
        match self {
            Sign::Ed25519(_) => Algorithm::EdDSA,
            Sign::P256(_) => Algorithm::ES256,
        }
    }
}
