//! `cargo xtask sqlx`: renews .sqlx, what the database says of each query of the server.
//!
//! The macros of sqlx write that down while they compile against a live database. They read
//! `DATABASE_URL`, `SQLX_OFFLINE` and `SQLX_OFFLINE_DIR`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::SystemTime;

use anyhow::{Context, bail};

use crate::folder::{Folder, secret};
use crate::process::Session;
use crate::services::{self, Lifetime};
use crate::{cargo, terminal};

/// The services of the server, each with its migrations and its schema.
const SCHEMAS: [&str; 2] = ["users", "orders"];

/// Whether to write.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail when .sqlx is not what would be written.
    #[arg(long)]
    check: bool,
}

/// Files by name.
type Queries = BTreeMap<String, Vec<u8>>;

/// Source files made to look new, so that the compiler meets every query again. Their times are
/// put back on drop, so that other builds stay fresh.
struct Touched(Vec<(PathBuf, SystemTime)>);

/// Runs the subcommand.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let folder = Folder::temporary(&session)?;
    let (url, _postgres) = services::database(&session, &folder, Lifetime::Temporary)?;
    let name = format!("writ_sqlx_{}", secret()?);
    psql(
        &session,
        &url,
        &["-c".into(), format!("CREATE DATABASE {name}")],
    )?;
    let fresh = renewed(&session, &with_database(&url, &name)?);
    psql(
        &session,
        &url,
        &["-c".into(), format!("DROP DATABASE {name} WITH (FORCE)")],
    )?;
    let fresh = fresh?;
    let committed = cargo::root().join(".sqlx");
    let stale = differences(&read(&committed)?, &fresh);
    if stale.is_empty() {
        terminal::step("Fresh", format_args!(".sqlx, {} queries", fresh.len()));
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        bail!(
            ".sqlx is stale, run `cargo xtask sqlx`:\n  {}",
            stale.join("\n  ")
        );
    }
    replace(&committed, &fresh)?;
    terminal::step("Renewed", format_args!(".sqlx, {} queries", fresh.len()));
    Ok(ExitCode::SUCCESS)
}

/// What the macros write against the empty database at `url`.
fn renewed(session: &Session, url: &str) -> anyhow::Result<Queries> {
    for schema in SCHEMAS {
        migrate(session, url, schema)?;
    }
    let written = tempfile::tempdir().context("cannot make a temporary folder")?;
    let server = cargo::root().join("server");
    let _touched = Touched::sources(&server)?;
    terminal::step("Checking", "the server's queries");
    let separator = if url.contains('?') { '&' } else { '?' };
    let mut check = cargo::command();
    check
        .args(["check", "--package", "server", "--all-targets"])
        .env(
            "DATABASE_URL",
            format!(
                "{url}{separator}options=-c%20search_path%3D{}",
                SCHEMAS.join(",")
            ),
        )
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", written.path());
    if !session.run("cargo check", &mut check)?.success() {
        bail!("the server's queries do not pass");
    }
    read(written.path())
}

fn migrate(session: &Session, url: &str, schema: &str) -> anyhow::Result<()> {
    let folder = cargo::root().join("server/migrations").join(schema);
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .filter(|path| !path.to_string_lossy().ends_with(".down.sql"))
        .collect();
    files.sort();
    psql(
        session,
        url,
        &["-c".into(), format!("CREATE SCHEMA IF NOT EXISTS {schema}")],
    )?;
    for file in files {
        let text = fs::read_to_string(&file)?;
        let mut arguments = vec!["-c".into(), format!("SET search_path TO {schema}")];
        if !text.starts_with("-- no-transaction") {
            arguments.push("--single-transaction".into());
        }
        arguments.extend(["-f".into(), file.display().to_string()]);
        psql(session, url, &arguments)?;
    }
    Ok(())
}

fn psql(session: &Session, url: &str, arguments: &[String]) -> anyhow::Result<()> {
    let mut command = Command::new(services::psql()?);
    command
        .args([
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--dbname",
            url,
        ])
        .args(arguments)
        .stdin(Stdio::null());
    session.run_quietly("psql", &mut command).map(drop)
}

/// `url` with another database's name.
fn with_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (place, query) = url
        .split_once('?')
        .map_or((url, None), |(place, query)| (place, Some(query)));
    let (scheme, rest) = place
        .split_once("://")
        .context("DATABASE_URL is not a URL")?;
    let host = rest.split('/').next().unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{scheme}://{host}/{name}{query}"))
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
    for name in read(folder)?
        .keys()
        .filter(|name| !fresh.contains_key(*name))
    {
        fs::remove_file(folder.join(name))?;
    }
    for (name, content) in fresh {
        fs::write(folder.join(name), content)?;
    }
    Ok(())
}

impl Touched {
    /// Touches the root file of each target of the package in `folder`.
    fn sources(folder: &Path) -> anyhow::Result<Self> {
        let mut files = vec![folder.join("src/main.rs"), folder.join("src/lib.rs")];
        for targets in ["src/bin", "tests", "benches", "examples"] {
            let entries = fs::read_dir(folder.join(targets))
                .into_iter()
                .flatten()
                .flatten();
            files.extend(
                entries
                    .map(|entry| entry.path())
                    .flat_map(|path| [path.join("main.rs"), path]),
            );
        }
        let mut touched = Self(Vec::new());
        for file in files.into_iter().filter(|file| file.is_file()) {
            let was = fs::metadata(&file)?.modified()?;
            set_modified(&file, SystemTime::now())
                .with_context(|| format!("cannot touch {}", file.display()))?;
            touched.0.push((file, was));
        }
        Ok(touched)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        for (file, was) in &self.0 {
            // At worst the next build compiles it once more.
            let _ = set_modified(file, *was);
        }
    }
}

fn set_modified(file: &Path, time: SystemTime) -> std::io::Result<()> {
    File::options().append(true).open(file)?.set_modified(time)
}
