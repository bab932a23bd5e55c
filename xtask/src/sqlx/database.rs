//! A temporary database with the tables of the server's migrations, against which sqlx checks the server's
//! queries.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::cargo;
use writ_tasks::folder::secret;
use writ_tasks::process::Session;
use writ_tasks::services;

/// The names of the server's database schemas, each with its own folder of migrations.
const SCHEMAS: [&str; 2] = ["users", "orders"];

/// A temporary database for checking the server's queries. It is deleted when this value is dropped.
pub struct Database<'s> {
    session: &'s Session,
    server: String,
    name: String,
}

impl<'s> Database<'s> {
    /// Creates a temporary database on the PostgreSQL server with the URL `server`.
    pub fn empty(session: &'s Session, server: String) -> anyhow::Result<Self> {
        let database = Self { session, server, name: format!("writ_xtask_{}", secret()?) };
        let create = format!("CREATE DATABASE {}", database.name);
        run(session, &mut psql(&database.server, &["--command", &create])?)?;
        Ok(database)
    }

    /// Creates a temporary database, and applies the migrations of the server.
    pub fn create(session: &'s Session, server: String) -> anyhow::Result<Self> {
        let database = Database::empty(session, server)?;
        SCHEMAS.into_iter().try_for_each(|schema| database.migrate(schema))?;
        Ok(database)
    }

    /// Returns the URL of the database for the macros of sqlx, with a search path on which each query finds its
    /// tables.
    pub fn url_for_macros(&self) -> anyhow::Result<String> {
        let url = self.url()?;
        let separator = if url.contains('?') { '&' } else { '?' };
        Ok(format!("{url}{separator}options=-c%20search_path%3D{}", SCHEMAS.join(",")))
    }

    /// Returns the name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Executes a statement in the database.
    pub fn execute(&self, statement: &str) -> anyhow::Result<()> {
        run(self.session, &mut psql(&self.url()?, &["--command", statement])?)
    }

    /// Returns the URL of the database.
    pub fn url(&self) -> anyhow::Result<String> {
        with_name(&self.server, &self.name).context("DATABASE_URL is not a URL")
    }

    fn migrate(&self, schema: &str) -> anyhow::Result<()> {
        let url = self.url()?;
        let create = format!("CREATE SCHEMA {schema}");
        run(self.session, &mut psql(&url, &["--command", &create])?)?;
        let path = format!("SET search_path TO {schema}");
        for file in migrations(schema)? {
            let mut command = psql(&url, &["--command", &path])?;
            // The server applies migrations by the same rule.
            if !fs::read_to_string(&file)?.starts_with("-- no-transaction") {
                command.arg("--single-transaction");
            }
            run(self.session, command.arg("--file").arg(&file))
                .with_context(|| format!("cannot apply {}", file.display()))?;
        }
        Ok(())
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // The command is started without the session, which starts no processes after an interrupt.
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Ok(mut command) = psql(&self.server, &["--command", &drop]) {
            let _ = command.output();
        }
    }
}

fn migrations(schema: &str) -> anyhow::Result<Vec<PathBuf>> {
    let folder = cargo::root().join("server/migrations").join(schema);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .filter(|path| !path.to_string_lossy().ends_with(".down.sql"))
        .collect();
    files.sort();
    Ok(files)
}

fn psql(url: &str, arguments: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(services::psql()?);
    command
        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", url])
        .args(arguments)
        .stdin(Stdio::null());
    Ok(command)
}

fn run(session: &Session, command: &mut Command) -> anyhow::Result<()> {
    session.run_quietly("psql", command).map(drop)
}

/// Returns the PostgreSQL URL `url` with another database name.
fn with_name(url: &str, name: &str) -> Option<String> {
    let (location, query) = match url.split_once('?') {
        Some((location, query)) => (location, format!("?{query}")),
        None => (url, String::new()),
    };
    let (scheme, rest) = location.split_once("://")?;
    let host = rest.split('/').next()?;
    Some(format!("{scheme}://{host}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::with_name;

    #[test]
    fn only_the_database_name_of_an_address_changes() {
        for (url, expected) in [
            ("postgres://u:p@h:1/old", "postgres://u:p@h:1/new"),
            ("postgres://h", "postgres://h/new"),
            ("postgres:///old?host=/run/a", "postgres:///new?host=/run/a"),
        ] {
            assert_eq!(with_name(url, "new").as_deref(), Some(expected));
        }
        assert_eq!(with_name("dbname=old", "new"), None);
    }
}
