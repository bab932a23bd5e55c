//! PostgreSQL and Redis for a task: the servers that environment variables name, or private ones.

mod account;
mod install;
mod locate;
mod port;
mod postgres;
mod redis;

use std::path::PathBuf;

use anyhow::Context;

pub use self::account::Account;
use self::postgres::Postgres;
use self::redis::Redis;
use crate::folder::Folder;
use crate::process::{Process, Session};
use crate::terminal;

pub use self::port::free as free_port;

/// The lifetime of a service's data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// The data are stored safely and the next run uses them again; for `dev`.
    Kept,
    /// The data are deleted at the end, so writing is fast but not safe; for tests and checks.
    Temporary,
}

/// PostgreSQL and Redis; private servers run until the value is dropped.
pub struct Services<'s> {
    // Fields are dropped in this order: Redis started last and stops first.
    redis: Option<Redis<'s>>,
    postgres: Option<Postgres<'s>>,
    /// The address of the database; that of a private server contains the superuser's password.
    pub database_url: String,
    /// The address of Redis, with the password of a private server.
    pub redis_url: String,
}

/// Uses the servers of `DATABASE_URL` and `REDIS_URL`, and starts a private server in `folder` for a variable
/// that is not set.
pub fn start<'s>(session: &'s Session, folder: &Folder, lifetime: Lifetime) -> anyhow::Result<Services<'s>> {
    let (database_url, postgres) = database(session, folder, lifetime)?;
    let (redis_url, redis) = match from_environment("REDIS_URL") {
        Some(url) => (url, None),
        None => {
            let redis = redis::start(session, folder, lifetime)?;
            (redis.url.clone(), Some(redis))
        }
    };
    Ok(Services { redis, postgres, database_url, redis_url })
}

/// Returns the address of the database, and the private server if one was started.
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

/// Returns the path of `psql`: from the folder of the PostgreSQL that would be started, or from `PATH`.
pub fn psql() -> anyhow::Result<PathBuf> {
    locate::postgres()
        .map(|found| found.folder.join("psql"))
        .filter(|psql| psql.is_file())
        .or_else(|| locate::on_path("psql"))
        .context("`psql` was not found: install the PostgreSQL client")
}

impl Services<'_> {
    /// Returns the name of a private service that has stopped unexpectedly.
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
