//! PostgreSQL and Redis for a task: the servers that environment variables name, or private servers.

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
    /// The URL of the PostgreSQL database. The URL of a private server contains the superuser's password.
    pub database_url: String,
    /// The URL of the Redis server. The URL of a private server contains its password.
    pub redis_url: String,
}

/// Returns the servers that `DATABASE_URL` and `REDIS_URL` name, and starts a private server in `folder` for each
/// variable that is not set.
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
