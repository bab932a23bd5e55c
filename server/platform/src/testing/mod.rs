//! Test support for services: each test has a separate database in a real PostgreSQL and a separate key prefix in a
//! real Redis.
//!
//! `cargo xtask test` starts both servers and sets their URLs in `WRIT_TEST_DATABASE_URL` and
//! `WRIT_TEST_REDIS_URL`. A service without stores needs neither.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]

#[cfg(feature = "postgres")]
mod database;
#[cfg(feature = "tokens")]
mod forged;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod island;
#[cfg(feature = "jwt")]
mod issuer;
#[cfg(feature = "postgres")]
mod plan;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod private;
mod request;
mod server;
#[cfg(test)]
pub(crate) mod sessions;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod stores;
mod sweep;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod valve;

use std::time::Duration;

#[cfg(feature = "redis")]
use uuid::Uuid;

#[cfg(all(test, feature = "postgres"))]
pub(crate) use database::THINGS;
#[cfg(feature = "postgres")]
pub use database::{TestDatabase, database_unavailable, grant_key, unindexed_foreign_keys};
#[cfg(feature = "tokens")]
pub use forged::{forged_tokens, resigned_token};
#[cfg(all(feature = "postgres", feature = "redis"))]
pub use island::Island;
#[cfg(feature = "jwt")]
pub use issuer::TestIssuer;
#[cfg(feature = "postgres")]
pub use plan::{PlanCheck, check_plan};
#[cfg(all(feature = "postgres", feature = "redis"))]
pub use private::{Place, PrivatePostgres, PrivateRedis};
pub use request::OperationRequest;
pub use server::TestServer;
#[cfg(all(feature = "postgres", feature = "redis"))]
pub use stores::Stores;
pub use sweep::{Selector, Sweep, Versioned};
#[cfg(feature = "redis")]
pub use valve::Valve;
#[cfg(any(feature = "postgres", feature = "redis"))]
pub use valve::{Flow, Proxy};

/// The time that a test waits for something that must happen soon.
pub const SOON: Duration = Duration::from_secs(5);

/// Returns a text, such as a cursor, with each of its bits changed in turn. The bytes of the results are
/// percent-encoded, so that a query can contain them.
pub fn changed_bits(text: &str) -> impl Iterator<Item = String> {
    (0..text.len() * 8).map(|bit| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
    })
}

/// The variable with the URL of the PostgreSQL server of tests.
#[cfg(feature = "postgres")]
pub(crate) const DATABASE_URL: &str = "WRIT_TEST_DATABASE_URL";

/// The variable with the URL of the Redis server of tests.
#[cfg(feature = "redis")]
pub(crate) const REDIS_URL: &str = "WRIT_TEST_REDIS_URL";

/// A network address where no server listens, for tests of unavailable services.
#[cfg(any(feature = "postgres", feature = "redis"))]
const UNUSED_ADDRESS: &str = "127.0.0.1:1";

/// Returns a connection to the Redis of the tests, with a separate key prefix. This function must be called in a
/// Tokio runtime.
#[cfg(feature = "redis")]
pub fn redis() -> crate::Redis {
    redis_at(&variable(REDIS_URL))
}

/// Returns two connections of one service to the Redis of the tests, as two processes have them.
#[cfg(all(test, feature = "redis"))]
pub(crate) fn two_connections() -> (crate::Redis, crate::Redis) {
    let prefix = prefix();
    let open = || {
        let config = config(&variable(REDIS_URL), prefix.clone());
        crate::Redis::open(&config).expect("the URL of Redis is valid")
    };
    (open(), open())
}

/// Returns a connection to an unavailable Redis, for tests of an outage.
#[cfg(feature = "redis")]
pub fn redis_unavailable() -> crate::Redis {
    redis_at(&format!("redis://{UNUSED_ADDRESS}"))
}

#[cfg(feature = "redis")]
pub(crate) fn redis_at(url: &str) -> crate::Redis {
    crate::Redis::open(&config(url, prefix())).expect("the URL of Redis is valid")
}

#[cfg(feature = "redis")]
fn config(url: &str, prefix: String) -> crate::redis::RedisConfig {
    crate::redis::RedisConfig { url: url.into(), authorities: None, prefix, timeout: Duration::from_secs(2) }
}

#[cfg(feature = "redis")]
fn prefix() -> String {
    format!("test-{}", Uuid::new_v4().simple())
}

#[cfg(any(feature = "postgres", feature = "redis"))]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests with `cargo xtask test`"))
}
