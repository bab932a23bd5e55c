//! `cargo xtask sqlx`: updates .sqlx, which contains the database's description of each SQL query of the server.
//!
//! The macros of sqlx write these descriptions while they compile against a running database. They read the
//! environment variables `DATABASE_URL`, `SQLX_OFFLINE` and `SQLX_OFFLINE_DIR`.

mod database;
mod touched;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

pub use self::database::Database;
use self::touched::Touched;
use writ_tasks::folder::Folder;
use writ_tasks::process::Session;
use writ_tasks::services::{self, Lifetime};
use writ_tasks::terminal;

use crate::cargo;

/// The command line of `cargo xtask sqlx`.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing, and fail if .sqlx is not up to date.
    #[arg(long)]
    check: bool,
}

/// The contents of the query description files in .sqlx, by file name.
type Queries = BTreeMap<String, Vec<u8>>;

/// Runs `cargo xtask sqlx`: writes the query descriptions, or compares them with `--check`.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let folder = Folder::temporary(&session)?;
    let (server, _postgres) = services::database(&session, &folder, Lifetime::Temporary)?;
    let database = Database::create(&session, server)?;
    let fresh = query_files(&session, &folder, &database)?;
    let committed = cargo::root().join(".sqlx");
    let stale = differences(&read(&committed)?, &fresh);
    if stale.is_empty() {
        terminal::step("Fresh", format_args!(".sqlx, {} queries", fresh.len()));
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        bail!(".sqlx is out of date: run `cargo xtask sqlx`\n  {}", stale.join("\n  "));
    }
    replace(&committed, &fresh)?;
    terminal::step("Updated", format_args!(".sqlx, {} queries", fresh.len()));
    Ok(ExitCode::SUCCESS)
}

/// Returns the query description files that the macros of sqlx write when they compile against `database`.
fn query_files(session: &Session, folder: &Folder, database: &Database<'_>) -> anyhow::Result<Queries> {
    let written = folder.path().join("queries");
    fs::create_dir(&written).context("cannot create a folder for the queries")?;
    let _touched = Touched::sources(&cargo::root().join("server"))?;
    terminal::step("Checking", "the server's queries");
    let mut check = cargo::command();
    check
        .args(["check", "--package", "server", "--all-targets"])
        .env("DATABASE_URL", database.url_for_macros()?)
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &written);
    if !session.run("cargo check", &mut check)?.success() {
        bail!("the server's queries do not compile: fix the errors above");
    }
    read(&written)
}

fn read(folder: &Path) -> anyhow::Result<Queries> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Queries::new());
    };
    let mut queries = Queries::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") {
            queries.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(queries)
}

fn differences(committed: &Queries, fresh: &Queries) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (name, content) in fresh {
        match committed.get(name) {
            None => found.push(format!("{name} is missing")),
            Some(old) if old != content => found.push(format!("{name} differs")),
            Some(_) => {}
        }
    }
    let unused = committed.keys().filter(|name| !fresh.contains_key(*name));
    found.extend(unused.map(|name| format!("{name} is no longer used")));
    found
}

fn replace(folder: &Path, fresh: &Queries) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for name in read(folder)?.keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, content) in fresh {
        fs::write(folder.join(name), content)?;
    }
    Ok(())
}
