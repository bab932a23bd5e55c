//! The keys that encrypt the secrets of endpoints in the database.

use std::fmt;
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::secret::WebhookSecret;
use crate::BoxError;
use crate::config::parse::decoded;
use crate::random;

/// The version of the layout of an encrypted secret, stored in its first byte.
const VERSION: u8 = 1;

/// The length of the version and of the id of the key, with which an encrypted secret begins.
const HEAD_LEN: usize = 5;

/// The key of a service in development that configures none. It is known to everybody.
const DEVELOPMENT_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// Reads the secrets that are not encrypted with the first key, and locks them.
const OUTDATED: &str = "\
SELECT id, secret, previous_secret FROM writ.webhook_endpoints
WHERE service = current_schema() AND deleted_at IS NULL
      AND (substring(secret FROM 1 FOR $2) <> $1 OR substring(previous_secret FROM 1 FOR $2) <> $1)
ORDER BY id FOR UPDATE";

/// Replaces the encrypted secrets of an endpoint.
const REPLACE: &str = "\
UPDATE writ.webhook_endpoints SET secret = $2, previous_secret = $3 WHERE service = current_schema() AND id = $1";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [OUTDATED, REPLACE];

/// The keys that encrypt the secrets of the endpoints of a service: the first one encrypts, and all decrypt. Clones share
/// them.
#[derive(Clone)]
pub(super) struct SecretKeys {
    keys: Arc<[SecretKey]>,
    /// The schema of the service. An encrypted secret is valid only for one endpoint of one service.
    service: Arc<str>,
}

/// A key with the start of the secrets that it encrypts: the version of the layout, and the id of the key.
struct SecretKey {
    head: [u8; HEAD_LEN],
    cipher: LessSafeKey,
}

/// The error of a secret that no configured key encrypts or decrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoKey;

impl fmt::Display for NoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no key of the setting WEBHOOK_KEYS decrypts the secret")
    }
}

impl std::error::Error for NoKey {}

impl From<NoKey> for sqlx::Error {
    fn from(error: NoKey) -> sqlx::Error {
        sqlx::Error::Encode(error.into())
    }
}

impl fmt::Debug for SecretKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKeys").field("service", &self.service).finish_non_exhaustive()
    }
}

impl SecretKeys {
    /// Creates the keys of a service from keys of 32 bytes in base64. Without any, the key is one that everybody knows.
    pub(super) fn new(keys: &[SecretString], service: &str) -> SecretKeys {
        let development = [SecretString::from(DEVELOPMENT_KEY)];
        let keys = if keys.is_empty() { &development } else { keys };
        let keys = keys.iter().filter_map(|key| SecretKey::derive(&decoded(key.expose_secret())?)).collect();
        SecretKeys { keys, service: Arc::from(service) }
    }

    /// Encrypts the secret of an endpoint with the first key.
    pub(super) fn seal(&self, endpoint: Uuid, secret: &WebhookSecret) -> Result<Vec<u8>, NoKey> {
        let key = self.keys.first().ok_or(NoKey)?;
        let nonce = random::bytes::<NONCE_LEN>();
        let mut text = secret.as_bytes().to_vec();
        let sealed = key.cipher.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            self.endpoint_data(endpoint),
            &mut text,
        );
        sealed.map_err(|_| NoKey)?;
        Ok([&key.head[..], &nonce, &text].concat())
    }

    /// Decrypts the secret of an endpoint.
    pub(super) fn open(&self, endpoint: Uuid, sealed: &[u8]) -> Result<WebhookSecret, NoKey> {
        let (head, rest) = sealed.split_first_chunk::<HEAD_LEN>().ok_or(NoKey)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or(NoKey)?;
        let key = self.keys.iter().find(|key| key.head == *head).ok_or(NoKey)?;
        let (nonce, mut text) = (Nonce::assume_unique_for_key(*nonce), text.to_vec());
        let opened = key.cipher.open_in_place(nonce, self.endpoint_data(endpoint), &mut text).map_err(|_| NoKey)?;
        Ok(WebhookSecret::from_bytes(opened.to_vec()))
    }

    /// Encrypts all secrets of the service with the first key, so that the other keys can be removed. A secret that no key
    /// decrypts stays as it is.
    pub(super) async fn renew(&self, pool: &PgPool) -> Result<(), BoxError> {
        let Some(first) = self.keys.first() else { return Ok(()) };
        let mut transaction = pool.begin().await?;
        let outdated = sqlx::query(OUTDATED).bind(&first.head[..]).bind(HEAD_LEN as i32);
        for row in outdated.fetch_all(&mut *transaction).await? {
            let endpoint: Uuid = row.try_get("id")?;
            let secret: Vec<u8> = row.try_get("secret")?;
            let previous: Option<Vec<u8>> = row.try_get("previous_secret")?;
            let renewed = |sealed: &[u8]| self.open(endpoint, sealed).and_then(|secret| self.seal(endpoint, &secret));
            // A previous secret signs for a day at most, so it can be missing.
            let previous = previous.and_then(|sealed| renewed(&sealed).ok());
            match renewed(&secret) {
                Ok(secret) => {
                    let replace = sqlx::query(REPLACE).bind(endpoint).bind(secret).bind(previous);
                    replace.execute(&mut *transaction).await?;
                }
                Err(error) => tracing::error!(%endpoint, %error, "a webhook endpoint needs a new secret"),
            }
        }
        Ok(transaction.commit().await?)
    }

    /// Returns the data that is authenticated with a secret, so that the secret of another endpoint is not accepted.
    fn endpoint_data(&self, endpoint: Uuid) -> Aad<String> {
        Aad::from(format!("{}/{endpoint}", self.service))
    }
}

impl SecretKey {
    /// Derives the key for secrets from a configured key, which is never used for two purposes.
    fn derive(configured: &[u8]) -> Option<SecretKey> {
        let configured = hmac::Key::new(hmac::HMAC_SHA256, configured);
        let derived = |purpose: &str| hmac::sign(&configured, purpose.as_bytes());
        let cipher = UnboundKey::new(&AES_256_GCM, derived("writ webhook secret v1").as_ref()).ok()?;
        let id = derived("writ webhook key id v1");
        let mut head = [VERSION; HEAD_LEN];
        head[1..].copy_from_slice(id.as_ref().get(..HEAD_LEN - 1)?);
        Some(SecretKey { head, cipher: LessSafeKey::new(cipher) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str], service: &str) -> SecretKeys {
        let keys: Vec<SecretString> = keys.iter().map(|key| SecretString::from(*key)).collect();
        SecretKeys::new(&keys, service)
    }

    const ONE: &str = "b25lb25lb25lb25lb25lb25lb25lb25lb25lb25lb24=";
    const OTHER: &str = "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyb3Q=";

    #[test]
    fn a_secret_is_decrypted_only_for_its_endpoint_and_by_its_key() {
        let (endpoint, secret) = (Uuid::now_v7(), WebhookSecret::generate());
        let one = keys(&[ONE], "shop");
        let sealed = one.seal(endpoint, &secret).unwrap();
        assert!(!sealed.windows(8).any(|window| secret.as_bytes().windows(8).any(|part| part == window)));
        assert_ne!(one.seal(endpoint, &secret).unwrap(), sealed);
        assert_eq!(one.open(endpoint, &sealed), Ok(secret.clone()));
        assert_eq!(keys(&[OTHER, ONE], "shop").open(endpoint, &sealed), Ok(secret));
        for (keys, id) in [
            (&one, Uuid::now_v7()),
            (&keys(&[OTHER], "shop"), endpoint),
            (&keys(&[ONE], "museum"), endpoint),
            (&keys(&[], "shop"), endpoint),
        ] {
            assert_eq!(keys.open(id, &sealed), Err(NoKey), "{keys:?} {id}");
        }
        for length in 0..sealed.len() {
            assert_eq!(one.open(endpoint, &sealed[..length]), Err(NoKey), "{length}");
        }
        let mut changed = sealed.clone();
        changed[sealed.len() - 1] ^= 1;
        assert_eq!(one.open(endpoint, &changed), Err(NoKey));
        assert_eq!(format!("{one:?}"), r#"SecretKeys { service: "shop", .. }"#);
    }
}
