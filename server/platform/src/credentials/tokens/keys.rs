//! The keys that sign and verify the tokens of a service, and the set of their public keys.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::published;
use crate::config::parse::decoded;
use crate::credentials::jose::{self, KeyPair};
use crate::random;

/// The keys of the tokens of a service. Clones share them.
#[derive(Clone)]
pub(crate) struct TokenKeys(pub(super) Arc<KeySet>);

impl TokenKeys {
    /// Parses the configured keys of tokens. Without a key the process generates a random one.
    pub(crate) fn read(keys: &[SecretString]) -> Result<TokenKeys, BadKey> {
        Ok(TokenKeys(Arc::new(KeySet::read(keys)?)))
    }

    /// Creates a random key.
    pub(crate) fn random() -> TokenKeys {
        TokenKeys(Arc::new(KeySet::random()))
    }

    /// Returns the route `/.well-known/jwks.json`, which publishes the public keys (RFC 7517).
    pub(crate) fn router(&self) -> Router {
        published::router(&self.0.published)
    }

    /// Signs the claims of a token of this media type and returns the token.
    pub(in crate::credentials) fn sign(&self, media_type: &str, claims: &impl Serialize) -> Result<String, Error> {
        let signing = &self.0.signing;
        let mut header = Header::new(signing.algorithm);
        header.typ = Some(media_type.to_owned());
        header.kid = Some(signing.id.clone());
        jsonwebtoken::encode(&header, claims, &signing.key)
    }
}

/// The keys of tokens. The first configured key signs, all keys verify and are published.
///
/// Thus a new key can be distributed to all processes and clients before it signs, and an old key still verifies until
/// its last access token has expired.
pub(super) struct KeySet {
    pub(super) signing: SigningKey,
    /// The keys that verify access tokens, by key id.
    pub(super) verifying: BTreeMap<String, VerifyingKey>,
    /// The public keys as a JSON Web Key Set (RFC 7517 § 5).
    pub(super) published: Value,
}

/// The key that signs tokens.
pub(super) struct SigningKey {
    /// The id of the key, for the header field `kid` (RFC 7515 § 4.1.4).
    pub(super) id: String,
    pub(super) algorithm: Algorithm,
    pub(super) key: EncodingKey,
}

/// A key that verifies access tokens, and the only algorithm that it is used with.
pub(super) struct VerifyingKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// The error of a configured token key that is not a private key of Ed25519 or P-256.
#[derive(Debug)]
pub struct BadKey {
    /// The index of the invalid key in the list of configured token keys, from 0.
    pub index: usize,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.index + 1;
        write!(
            f,
            "key {number} is neither an Ed25519 or P-256 private key in PKCS #8 PEM nor an Ed25519 seed in base64"
        )
    }
}

impl std::error::Error for BadKey {}

impl KeySet {
    /// Parses the configured keys of tokens. Without a key the process generates a random one, and its tokens are valid
    /// only until the process ends.
    pub(super) fn read(keys: &[SecretString]) -> Result<KeySet, BadKey> {
        let mut read = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            read.push(key_pair(key.expose_secret()).ok_or(BadKey { index })?);
        }
        match read.split_first() {
            Some((signing, others)) => Ok(KeySet::of(signing, others)),
            None => Ok(KeySet::random()),
        }
    }

    /// Creates a random key.
    #[expect(clippy::expect_used, reason = "every text of 32 bytes is an Ed25519 seed (RFC 8032 § 5.1.5)")]
    pub(super) fn random() -> KeySet {
        KeySet::of(&KeyPair::of_seed(&random::bytes::<32>()).expect("a seed of 32 bytes"), &[])
    }

    fn of(signing: &KeyPair, others: &[KeyPair]) -> KeySet {
        jose::install();
        let all = || std::iter::once(signing).chain(others);
        let verifying = |pair: &KeyPair| VerifyingKey { algorithm: pair.algorithm, key: pair.verifying() };
        let published: Vec<Value> = all().map(|pair| pair.jwk(&key_id(pair))).collect();
        KeySet {
            signing: SigningKey { id: key_id(signing), algorithm: signing.algorithm, key: signing.private.clone() },
            verifying: all().map(|pair| (key_id(pair), verifying(pair))).collect(),
            published: json!({ "keys": published }),
        }
    }
}

/// Parses a configured private key for tokens: a PKCS #8 PEM block (RFC 5958), or a 32-byte Ed25519 seed in base64.
fn key_pair(text: &str) -> Option<KeyPair> {
    if text.contains("-----BEGIN") { KeyPair::of_pem(text) } else { KeyPair::of_seed(&decoded(text)?) }
}

/// Returns the id of a token key. The id is derived from the public key, so that it is equal in all processes.
fn key_id(pair: &KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(&pair.public)[..8])
}
