//! PostgreSQL and Redis for a task: the servers that environment variables name, or private servers.

mod account;
mod install;
mod locate;
mod port;
mod postgres;
mod redis;

use std::fmt;
use std::path::PathBuf;

use anyhow::Context;

pub use self::account::Account;
use self::postgres::Postgres;
use self::redis::Redis;
use crate::folder::Folder;
use crate::process::{Process, Session};
use crate::terminal;

pub use self::locate::on_path;
pub use self::port::free as free_port;

/// The lifetime of the data of a private PostgreSQL or Redis.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// The data of the private server is stored safely, and the next run uses it again. For `cargo xtask dev`.
    Kept,
    /// The data of the private server is deleted at the end of the task, so writing is fast but not safe. For
    /// tests and checks.
    Temporary,
}

/// PostgreSQL and Redis for a task. Private servers run until this value is dropped.
pub struct Services<'s> {
    // Rust drops fields in this order. Redis started last, so it stops first.
    redis: Option<Redis<'s>>,
    postgres: Option<Postgres<'s>>,
    /// The URL of the PostgreSQL database, if the task has one. The URL of a private server contains the superuser's
    /// password.
    pub database_url: Option<String>,
    /// The URL of the Redis server, if the task has one. The URL of a private server contains its password.
    pub redis_url: Option<String>,
}

/// The stores that a server needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stores {
    /// True if the server needs a PostgreSQL database.
    pub postgres: bool,
    /// True if the server needs a Redis.
    pub redis: bool,
}

impl fmt::Display for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.postgres, self.redis) {
            (true, true) => "with PostgreSQL and Redis; each test has a separate database and key prefix",
            (true, false) => "with PostgreSQL; each test has a separate database",
            (false, true) => "with Redis; each test has a separate key prefix",
            (false, false) => "without stores",
        })
    }
}

/// Returns the servers that `DATABASE_URL` and `REDIS_URL` name, and starts a private server in `folder` for each
/// store of `stores` whose variable is not set.
pub fn start<'s>(
    session: &'s Session,
    folder: &Folder,
    lifetime: Lifetime,
    stores: Stores,
) -> anyhow::Result<Services<'s>> {
    let mut services = Services { redis: None, postgres: None, database_url: None, redis_url: None };
    if stores.postgres {
        let (url, postgres) = database(session, folder, lifetime)?;
        (services.database_url, services.postgres) = (Some(url), postgres);
    }
    if stores.redis {
        services.redis_url = from_environment("REDIS_URL");
    }
    if stores.redis && services.redis_url.is_none() {
        let redis = redis::start(session, folder, lifetime)?;
        (services.redis_url, services.redis) = (Some(redis.url.clone()), Some(redis));
    }
    Ok(services)
}

/// Returns the URL of the PostgreSQL database, and the private server if one was started.
pub fn database<'s>(
    session: &'s Session,
    folder: &Folder,
    lifetime: Lifetime,
) -> anyhow::Result<(String, Option<Postgres<'s>>)> {
    Ok(match from_environment("DATABASE_URL") {
        Some(url) => (url, None),
        None => {
            let postgres = postgres::start(session, folder, lifetime)?;
            (postgres.url.clone(), Some(postgres))
        }
    })
}

/// Returns the path of `psql`, from the PostgreSQL installation that a private server would run or from `PATH`.
pub fn psql() -> anyhow::Result<PathBuf> {
    locate::postgres()
        .map(|found| found.folder.join("psql"))
        .filter(|psql| psql.is_file())
        .or_else(|| locate::on_path("psql"))
        .context("`psql` was not found: install the PostgreSQL client")
}

impl Services<'_> {
    /// Returns the ids of the main processes of the private servers.
    pub fn processes(&self) -> Vec<i32> {
        let postgres = self.postgres.as_ref().map(|postgres| postgres.process.target().pid);
        let redis = self.redis.as_ref().map(|redis| redis.process.target().pid);
        postgres.into_iter().chain(redis).map(|pid| pid.as_raw_nonzero().get()).collect()
    }

    /// Returns the environment variables from which a server reads the URLs of its stores, with their values.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        let database = self.database_url.clone().map(|url| ("DATABASE_URL", url));
        database.into_iter().chain(self.redis_url.clone().map(|url| ("REDIS_URL", url)))
    }

    /// Returns the name of a private server that has stopped unexpectedly, or `None` if all of them run.
    pub fn failed(&mut self) -> anyhow::Result<Option<&'static str>> {
        let ended = |process: Option<&mut Process<'_>>| match process {
            Some(process) => process.ended().map(|status| status.is_some()),
            None => Ok(false),
        };
        if ended(self.postgres.as_mut().map(|postgres| &mut postgres.process))? {
            return Ok(Some("PostgreSQL"));
        }
        if ended(self.redis.as_mut().map(|redis| &mut redis.process))? {
            return Ok(Some("Redis"));
        }
        Ok(None)
    }
}

fn from_environment(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok().filter(|url| !url.is_empty())?;
    terminal::step("Using", format_args!("the server of {variable}"));
    Some(url)
}
