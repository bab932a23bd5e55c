//! The algorithms of public keys: RSA, ECDSA and Ed25519 signatures (RFC 7518 § 3, RFC 8037), verified by `ring`.

use std::result::Result as StdResult;

use jsonwebtoken::crypto::JwtVerifier;
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

/// A verifier of signatures with a public key.
struct Verify {
    algorithm: Algorithm,
    implementation: Implementation,
    key: DecodingKey,
}

/// The implementation of an algorithm: for RSA keys as modulus and exponent, or for keys as bytes (a point of an
/// elliptic curve or an Ed25519 key).
#[derive(Clone, Copy)]
enum Implementation {
    Rsa(&'static RsaParameters),
    Bytes(&'static dyn VerificationAlgorithm),
}

pub(super) fn verifier(algorithm: Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let implementation = match algorithm {
        Algorithm::RS256 => Implementation::Rsa(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Implementation::Rsa(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Implementation::Rsa(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Implementation::Rsa(&RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Implementation::Rsa(&RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Implementation::Rsa(&RSA_PSS_2048_8192_SHA512),
        Algorithm::ES256 => Implementation::Bytes(&ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Implementation::Bytes(&ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Implementation::Bytes(&ED25519),
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    };
    Ok(Box::new(Verify { algorithm, implementation, key: key.clone() }))
}

impl Verifier<Vec<u8>> for Verify {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> StdResult<(), Error> {
        let verified = match (self.implementation, self.key.kind()) {
            (Implementation::Rsa(parameters), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            (Implementation::Bytes(algorithm), DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(algorithm, key).verify(message, signature)
            }
            _ => return Err(Error::new()),
        };
        verified.map_err(|_| Error::new())
    }
}

impl JwtVerifier for Verify {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
