//! API keys: random texts that identify a caller. Only their hashes are stored, in a setting or in a table.

mod command;
mod execute;
#[cfg(feature = "postgres")]
mod table;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
#[cfg(feature = "postgres")]
use std::time::Duration;

#[cfg(feature = "postgres")]
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use writ_runtime::{ApiKey, Denied};

pub(crate) use command::USAGE;
pub(crate) use execute::run;

use super::granted::{FromKey, Granted};
use crate::BoxError;
use crate::builder::Builder;
#[cfg(feature = "postgres")]
use crate::database::Breaker;

/// The maximum number of keys from a table, known and unknown ones, that are kept in memory.
#[cfg(feature = "postgres")]
const MAX_CACHED: u64 = 10_000;

/// The time for which a key from a table is kept in memory. A revoked key is accepted for at most this time.
#[cfg(feature = "postgres")]
const CACHED: Duration = Duration::from_secs(30);

/// The maximum length of an API key in bytes. A longer text is rejected.
const MAX_LENGTH: usize = 512;

/// Finds an API key by its hash.
#[cfg(feature = "postgres")]
const FIND: &str = r#"
SELECT name, scopes FROM writ.api_keys
WHERE service = current_schema() COLLATE "default" AND key_hash = $1 AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > now())"#;

/// The SQL statements of this module, for the test that prepares them.
#[cfg(all(test, feature = "postgres"))]
pub(crate) const STATEMENTS: &[&str] = {
    let [issue, revoke, list] = table::STATEMENTS;
    &[FIND, issue, revoke, list]
};

/// The place of the API keys that a service accepts.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// The variable `API_KEYS` with the prefix of the service: `name hash scope …`, keys separated by `;`. The hash
    /// is the SHA-256 hash of the key in hexadecimal digits.
    Setting,
    /// The table `writ.api_keys` of a database. It has the rows of the database's schema only.
    #[cfg(feature = "postgres")]
    Table(sqlx::PgPool),
}

impl KeySource {
    /// Returns true if operators can change the keys with the subcommand `keys`.
    fn is_table(&self) -> bool {
        !matches!(self, KeySource::Setting)
    }
}

/// The verifier of API keys. Clones share the keys.
///
/// A key must be a random text of at least 128 bits, as the subcommand `keys issue` of the service creates it. A fast
/// hash is then sufficient: `printf %s "$KEY" | sha256sum` prints it.
pub struct ApiKeys<P> {
    keys: Arc<Keys>,
    principal: PhantomData<fn() -> P>,
}

/// The hash of an API key.
type Hash = [u8; 32];

enum Keys {
    Listed(Vec<(Hash, Granted)>),
    #[cfg(feature = "postgres")]
    Stored {
        pool: sqlx::PgPool,
        cached: Cache<Hash, Option<Arc<Granted>>>,
        /// The circuit breaker of the databases of the service.
        breaker: Breaker,
    },
}

impl<P> Clone for ApiKeys<P> {
    fn clone(&self) -> ApiKeys<P> {
        ApiKeys { keys: self.keys.clone(), principal: PhantomData }
    }
}

impl<P> fmt::Debug for ApiKeys<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeys").finish_non_exhaustive()
    }
}

impl Builder {
    /// Returns the verifier of API keys. With [`KeySource::Setting`], the variable `API_KEYS` with the prefix of the
    /// service has their hashes, and without the variable no key is accepted.
    ///
    /// The subcommand `keys` of the service issues keys, and revokes and lists those of a table.
    pub fn api_keys<P: FromKey>(&mut self, source: KeySource) -> ApiKeys<P> {
        if !self.key_source.as_ref().is_some_and(KeySource::is_table) {
            self.key_source = Some(source.clone());
        }
        let keys = match source {
            KeySource::Setting => Keys::Listed(self.source.setting("API_KEYS").or(Vec::new(), listed)),
            #[cfg(feature = "postgres")]
            KeySource::Table(pool) => Keys::Stored {
                pool,
                cached: Cache::builder().max_capacity(MAX_CACHED).time_to_live(CACHED).build(),
                breaker: self.breaker.clone(),
            },
        };
        ApiKeys { keys: Arc::new(keys), principal: PhantomData }
    }
}

impl<P: FromKey> ApiKeys<P> {
    /// Returns the caller to whom an API key belongs.
    ///
    /// # Errors
    /// Returns [`Denied::Unauthenticated`] if the key is not known, has expired or was revoked, and
    /// [`Denied::Unavailable`] if the table cannot be read.
    pub async fn caller(&self, key: &ApiKey<'_>) -> Result<P, Denied> {
        let denied = || Denied::Unauthenticated(Cow::Borrowed("the API key is not valid"));
        if key.as_str().len() > MAX_LENGTH {
            return Err(denied());
        }
        let hash: Hash = Sha256::digest(key.as_str()).into();
        let granted = self.keys.find(&hash).await.map_err(Denied::Unavailable)?;
        granted.and_then(|granted| P::from_key(&granted)).ok_or_else(denied)
    }
}

impl Keys {
    async fn find(&self, hash: &Hash) -> Result<Option<Arc<Granted>>, BoxError> {
        match self {
            Keys::Listed(keys) => {
                let mut found = None;
                // Every key is compared, in constant time, so that the time does not depend on the keys.
                for (known, granted) in keys {
                    if bool::from(known.ct_eq(hash)) {
                        found = Some(Arc::new(granted.clone()));
                    }
                }
                Ok(found)
            }
            #[cfg(feature = "postgres")]
            Keys::Stored { pool, cached, breaker } => {
                if let Some(known) = cached.get(hash) {
                    return Ok(known);
                }
                if breaker.is_open() {
                    return Err("a database of the service is unavailable".into());
                }
                let found = sqlx::query_as(FIND).bind(hash.as_slice()).fetch_optional(pool).await?;
                let found = found.map(|(name, scopes)| Arc::new(Granted { name, scopes }));
                cached.insert(*hash, found.clone());
                Ok(found)
            }
        }
    }
}

/// Parses the setting of API keys.
fn listed(text: &str) -> Result<Vec<(Hash, Granted)>, String> {
    let keys = text.split(';').map(str::trim).filter(|key| !key.is_empty());
    let key = |key: &str| {
        let (hash, granted) = Granted::parse(key)?;
        Some((hash_of(hash)?, granted))
    };
    keys.map(|text| key(text).ok_or_else(|| "must be `name hash scope …`, keys separated by `;`".to_owned())).collect()
}

/// Parses a SHA-256 hash in hexadecimal digits.
fn hash_of(text: &str) -> Option<Hash> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    (digits.len() == 64).then(|| bytes.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;
    use crate::principal::Principal;

    #[derive(Debug, Clone, PartialEq)]
    struct Visitor(Granted);

    impl Principal for Visitor {
        fn id(&self) -> Cow<'_, str> {
            Cow::Borrowed(&self.0.name)
        }
    }

    impl FromKey for Visitor {
        fn from_key(granted: &Granted) -> Option<Visitor> {
            (granted.name != "closed").then(|| Visitor(granted.clone()))
        }
    }

    fn hash(key: &str) -> String {
        Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn builder(keys: &str) -> Builder {
        Builder::new(Source::new("MUSEUM_", "", [("MUSEUM_API_KEYS".to_owned(), keys.to_owned())]))
    }

    async fn name(keys: &ApiKeys<Visitor>, key: &str) -> Option<String> {
        match keys.caller(&ApiKey::new(key)).await {
            Ok(visitor) => Some(visitor.0.name),
            Err(Denied::Unauthenticated(_)) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_key_of_the_setting_identifies_its_caller() {
        let setting =
            format!("app {} events:read tickets:write; old {}; closed {}", hash("k1"), hash("k2"), hash("k3"));
        let mut builder = builder(&setting);
        let keys = builder.api_keys::<Visitor>(KeySource::Setting);
        builder.build().unwrap();
        let visitor = keys.caller(&ApiKey::new("k1")).await.unwrap();
        assert_eq!(visitor.0.scopes, ["events:read", "tickets:write"]);
        assert_eq!(name(&keys, "k2").await.as_deref(), Some("old"));
        for wrong in ["k3", "k4", "", &hash("k1"), &"k".repeat(1000)] {
            assert_eq!(name(&keys, wrong).await, None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn an_invalid_setting_is_a_fault_that_does_not_repeat_it() {
        for wrong in ["app", "app 1234", &format!("app {}z", &hash("k")[1..]), "app k1 scope"] {
            let mut builder = builder(wrong);
            builder.api_keys::<Visitor>(KeySource::Setting);
            let faults = builder.build().unwrap_err().faults;
            assert_eq!(faults, ["MUSEUM_API_KEYS: must be `name hash scope …`, keys separated by `;`"], "{wrong}");
        }
    }

    #[tokio::test]
    #[cfg(feature = "postgres")]
    async fn a_key_of_the_table_is_valid_until_it_expires_or_is_revoked() {
        let database = crate::testing::TestDatabase::with_things().await;
        let insert = "INSERT INTO writ.api_keys (service, key_hash, name, scopes, expires_at, revoked_at)
                      VALUES ($1, sha256($2), $5, '{events:read}', $3, $4)";
        let (past, later) = (chrono::Utc::now(), chrono::Utc::now() + chrono::TimeDelta::hours(1));
        for (service, key, expires, revoked) in [
            ("things", "valid", None, None),
            ("things", "temporary", Some(later), None),
            ("things", "expired", Some(past), None),
            ("things", "revoked", None, Some(past)),
            ("others", "foreign", None, None),
        ] {
            let insert = sqlx::query(insert).bind(service).bind(key.as_bytes()).bind(expires).bind(revoked).bind(key);
            insert.execute(&database.pool).await.unwrap();
        }
        let keys = builder("").api_keys::<Visitor>(KeySource::Table(database.pool.clone()));
        for _ in 0..2 {
            assert_eq!(name(&keys, "valid").await.as_deref(), Some("valid"));
            assert_eq!(name(&keys, "temporary").await.as_deref(), Some("temporary"));
            for wrong in ["expired", "revoked", "foreign", "unknown"] {
                assert_eq!(name(&keys, wrong).await, None, "{wrong}");
            }
        }
        let unavailable = KeySource::Table(crate::testing::database_unavailable());
        let keys = builder("").api_keys::<Visitor>(unavailable);
        assert!(matches!(keys.caller(&ApiKey::new("valid")).await, Err(Denied::Unavailable(_))));
    }
}
