//! The keys that sign and verify access tokens.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::config::parse::decoded;
use crate::credentials::jose;
use crate::random;

/// The keys of access tokens. The first configured key signs, all keys verify.
///
/// Thus a new key can be distributed to all processes before it signs, and an old key still verifies until its
/// last token has expired.
pub(super) struct KeySet {
    /// The id of the key that signs access tokens, for the header field `kid` (RFC 7515 § 4.1.4).
    pub(super) signing_id: String,
    pub(super) signing: EncodingKey,
    /// The keys that verify access tokens, by key id.
    pub(super) verifying: BTreeMap<String, DecodingKey>,
}

/// The error of a configured access token key that is not an Ed25519 private key.
#[derive(Debug)]
pub struct BadKey {
    /// The index of the invalid key in the list of configured access token keys, from 0.
    pub index: usize,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {} is not an Ed25519 private key in PEM or base64", self.index + 1)
    }
}

impl std::error::Error for BadKey {}

impl KeySet {
    /// Parses the configured keys of access tokens. Without a key the process generates a random one, and its
    /// tokens are valid only until the process ends.
    pub(super) fn read(keys: &[SecretString]) -> Result<KeySet, BadKey> {
        let mut read = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            read.push(signing_key(key.expose_secret()).ok_or(BadKey { index })?);
        }
        Ok(if read.is_empty() { KeySet::random() } else { KeySet::of(&read) })
    }

    /// Creates a random key.
    pub(super) fn random() -> KeySet {
        KeySet::of(&[SigningKey::from_bytes(&random::bytes())])
    }

    fn of(keys: &[SigningKey]) -> KeySet {
        jose::install();
        let signing = &keys[0];
        KeySet {
            signing_id: key_id(signing),
            signing: jose::encoding_key(signing.as_bytes()),
            verifying: keys.iter().map(|key| (key_id(key), jose::decoding_key(&key.verifying_key()))).collect(),
        }
    }
}

/// Parses a configured private key for access tokens: a PKCS #8 PEM block (RFC 8410), or a 32-byte seed in
/// base64.
fn signing_key(text: &str) -> Option<SigningKey> {
    if text.contains("-----BEGIN") {
        return SigningKey::from_pkcs8_pem(text).ok();
    }
    Some(SigningKey::from_bytes(&<[u8; 32]>::try_from(decoded(text)?).ok()?))
}

/// Returns the id of an access token key. The id is derived from the public key, so that it is equal in all
/// processes.
fn key_id(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(key.verifying_key().as_bytes())[..8])
}
