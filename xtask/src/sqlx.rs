//! `cargo xtask sqlx`: renews .sqlx, what the database says of each query of the server.
//!
//! The macros of sqlx write that down while they compile against a live database. They read
//! `DATABASE_URL`, `SQLX_OFFLINE` and `SQLX_OFFLINE_DIR`.

mod database;
mod touched;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

use self::database::Database;
use self::touched::Touched;
use crate::folder::Folder;
use crate::process::Session;
use crate::services::{self, Lifetime};
use crate::{cargo, terminal};

/// Whether to write.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail when .sqlx is not what would be written.
    #[arg(long)]
    check: bool,
}

/// Files by name.
type Queries = BTreeMap<String, Vec<u8>>;

/// Runs the subcommand.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let folder = Folder::temporary(&session)?;
    let (server, _postgres) = services::database(&session, &folder, Lifetime::Temporary)?;
    let database = Database::create(&session, server)?;
    let fresh = renewed(&session, &folder, &database)?;
    let committed = cargo::root().join(".sqlx");
    let stale = differences(&read(&committed)?, &fresh);
    if stale.is_empty() {
        terminal::step("Fresh", format_args!(".sqlx, {} queries", fresh.len()));
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        bail!(".sqlx is stale, run `cargo xtask sqlx`:\n  {}", stale.join("\n  "));
    }
    replace(&committed, &fresh)?;
    terminal::step("Renewed", format_args!(".sqlx, {} queries", fresh.len()));
    Ok(ExitCode::SUCCESS)
}

/// What the macros write against `database`.
fn renewed(session: &Session, folder: &Folder, database: &Database<'_>) -> anyhow::Result<Queries> {
    let written = folder.path().join("queries");
    fs::create_dir(&written).context("cannot make a folder for the queries")?;
    let _touched = Touched::sources(&cargo::root().join("server"))?;
    terminal::step("Checking", "the server's queries");
    let mut check = cargo::command();
    check
        .args(["check", "--package", "server", "--all-targets"])
        .env("DATABASE_URL", database.url_for_macros()?)
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &written);
    if !session.run("cargo check", &mut check)?.success() {
        bail!("the server's queries do not pass");
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
