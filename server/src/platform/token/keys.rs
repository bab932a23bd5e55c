//! The set of keys that access tokens are signed and verified with.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::eddsa;
use crate::platform::config::decoded;

/// The first key signs, all verify: so a new key is published before it signs, and an old one
/// verifies until its last token has expired.
pub(super) struct KeySet {
    pub(super) signing_id: String,
    pub(super) signing: EncodingKey,
    pub(super) verifying: BTreeMap<String, DecodingKey>,
}

/// A key that cannot be used.
#[derive(Debug)]
pub struct BadKey {
    /// Which, from 0.
    pub index: usize,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WRIT_TOKEN_KEYS: key {} is not an Ed25519 private key", self.index + 1)
    }
}

impl std::error::Error for BadKey {}

impl KeySet {
    /// Reads the keys; without any, makes one up that lives as long as the process.
    pub(super) fn read(keys: &[SecretString]) -> Result<KeySet, BadKey> {
        eddsa::install();
        let mut read = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            read.push(signing_key(key.expose_secret()).ok_or(BadKey { index })?);
        }
        if read.is_empty() {
            read.push(random_key());
        }
        let signing = &read[0];
        Ok(KeySet {
            signing_id: key_id(signing),
            signing: eddsa::encoding_key(signing.as_bytes()),
            verifying: read.iter().map(|key| (key_id(key), eddsa::decoding_key(&key.verifying_key()))).collect(),
        })
    }
}

fn signing_key(text: &str) -> Option<SigningKey> {
    if text.contains("-----BEGIN") {
        return SigningKey::from_pkcs8_pem(text).ok();
    }
    Some(SigningKey::from_bytes(&<[u8; 32]>::try_from(decoded(text)?).ok()?))
}

fn random_key() -> SigningKey {
    SigningKey::from_bytes(&crate::platform::random::bytes())
}

/// Names a key by its public half, so that the same key has the same name in every process.
fn key_id(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(key.verifying_key().as_bytes())[..8])
}
