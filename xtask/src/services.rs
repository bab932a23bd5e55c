//! The PostgreSQL and the Redis that a task works with: the caller's, else private ones.

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

/// Whether data outlive the task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// For `dev`: written safely, found again by the next run.
    Kept,
    /// For checks: as fast as can be.
    Temporary,
}

/// Both services, running until dropped.
pub struct Services<'s> {
    // Dropped in this order: what started last stops first.
    redis: Option<Redis<'s>>,
    postgres: Option<Postgres<'s>>,
    /// Where the database is, with a superuser's password when it is private.
    pub database_url: String,
    /// Where Redis is.
    pub redis_url: String,
}

/// Uses what `DATABASE_URL` and `REDIS_URL` name, and starts the rest in `folder`.
pub fn start<'s>(session: &'s Session, folder: &Folder, lifetime: Lifetime) -> anyhow::Result<Services<'s>> {
    let (database_url, postgres) = database(session, folder, lifetime)?;
    let (redis_url, redis) = match given("REDIS_URL") {
        Some(url) => (url, None),
        None => {
            let redis = redis::start(session, folder, lifetime)?;
            (redis.url.clone(), Some(redis))
        }
    };
    Ok(Services { redis, postgres, database_url, redis_url })
}

/// The database alone: its address, and the private server when there is one.
pub fn database<'s>(
    session: &'s Session,
    folder: &Folder,
    lifetime: Lifetime,
) -> anyhow::Result<(String, Option<Postgres<'s>>)> {
    Ok(match given("DATABASE_URL") {
        Some(url) => (url, None),
        None => {
            let postgres = postgres::start(session, folder, lifetime)?;
            (postgres.url.clone(), Some(postgres))
        }
    })
}

/// `psql`, from the folder of the server that would be started, else from `PATH`.
pub fn psql() -> anyhow::Result<PathBuf> {
    locate::postgres()
        .map(|found| found.folder.join("psql"))
        .filter(|psql| psql.is_file())
        .or_else(|| locate::on_path("psql"))
        .context("`psql` is needed and was not found: install PostgreSQL's client")
}

impl Services<'_> {
    /// The name of a private service that ended by itself.
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

fn given(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok().filter(|url| !url.is_empty())?;
    terminal::step("Using", format_args!("{variable} of the environment"));
    Some(url)
}
