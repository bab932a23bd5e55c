//! Test support: each test has a separate database in a real PostgreSQL and a separate key prefix in a real
//! Redis.
//!
//! `cargo xtask test` starts both servers and sets their URLs in `WRIT_TEST_DATABASE_URL` and
//! `WRIT_TEST_REDIS_URL`.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]

mod databases;
mod server;
mod valve;

use std::time::Duration;

use secrecy::SecretString;
use uuid::Uuid;

use crate::platform::config::{Config, DatabaseConfig, RedisConfig, Source};
use crate::platform::database::Databases;
use crate::platform::redis::Redis;

pub use databases::TestDatabases;
pub use server::TestServer;
pub use valve::Valve;

/// A network address where no server listens, for tests of unavailable services.
const UNUSED_ADDRESS: &str = "127.0.0.1:1";

/// Returns a connection to the Redis of the tests, with a separate key prefix. This function must be called in a
/// Tokio runtime.
pub fn redis() -> Redis {
    Redis::open(&redis_config(&variable("WRIT_TEST_REDIS_URL"))).expect("WRIT_TEST_REDIS_URL is a valid URL")
}

/// Returns a connection to an unavailable Redis, for tests of an outage.
pub fn redis_unavailable() -> Redis {
    Redis::open(&redis_config(&format!("redis://{UNUSED_ADDRESS}"))).expect("the address is valid")
}

/// Returns connection pools of unavailable databases, for tests of an outage.
pub fn databases_unavailable() -> Databases {
    Databases::open(&database_config(&format!("postgres://user@{UNUSED_ADDRESS}/writ"))).expect("the address is valid")
}

/// Returns a server configuration for a test, with these databases and the administrator `admin@example.com`.
pub fn config(database_url: &str, redis_url: &str) -> Config {
    let settings = [
        ("DATABASE_URL", database_url),
        ("REDIS_URL", redis_url),
        ("WRIT_REDIS_PREFIX", &prefix()),
        ("WRIT_BIND", "127.0.0.1:0"),
        ("WRIT_DATABASE_CONNECTIONS", "8"),
        ("WRIT_REDIS_TIMEOUT", "2s"),
        ("WRIT_DRAIN_TIMEOUT", "1s"),
        ("ADMIN_PASSWORD", ADMIN_PASSWORD),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Config::read(Source::new("", settings)).expect("the configuration for tests is valid")
}

/// The password of the administrator account in tests.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

fn database_config(url: &str) -> DatabaseConfig {
    DatabaseConfig {
        users: SecretString::from(url),
        orders: SecretString::from(url),
        connections: 8,
        statement_timeout: Duration::from_secs(2),
        acquire_timeout: Duration::from_secs(5),
    }
}

fn redis_config(url: &str) -> RedisConfig {
    RedisConfig { url: SecretString::from(url), prefix: prefix(), timeout: Duration::from_secs(2) }
}

fn prefix() -> String {
    format!("test-{}", Uuid::new_v4().simple())
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests with `cargo xtask test`"))
}
