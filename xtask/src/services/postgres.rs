//! A private PostgreSQL: made once, started on a free port, recovered after a crash.

use std::fs;
use std::io::{Seek, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};

use super::install::{self, Package};
use super::locate::{self, FoundPostgres};
use super::{Lifetime, port};
use crate::folder::{Folder, secret};
use crate::guard::Kind;
use crate::process::{Process, Session};
use crate::terminal::{self, Waiting};

const PACKAGE: Package = Package {
    title: "PostgreSQL",
    variable: "DATABASE_URL",
    apt: &["postgresql"],
    dnf: &["postgresql-server"],
    brew: &["postgresql@18", "postgresql@17"],
};
/// Recovery after a crash replays the log, so this is generous.
const START_LIMIT: Duration = Duration::from_secs(120);
/// The superuser and the database.
const NAME: &str = "writ";

/// The running server.
pub struct Postgres<'s> {
    /// Its first process.
    pub process: Process<'s>,
    /// `postgres://` with the superuser's password.
    pub url: String,
}

/// Starts the cluster of `folder`, made first when there is none.
pub fn start<'s>(
    session: &'s Session,
    folder: &Folder,
    lifetime: Lifetime,
) -> anyhow::Result<Postgres<'s>> {
    let found = match locate::postgres() {
        Some(found) => found,
        None => {
            install::install(session, &PACKAGE, || locate::postgres().is_some())?;
            locate::postgres().context("PostgreSQL was installed and cannot be found")?
        }
    };
    // One cluster a major version: another version cannot read it.
    let major = found
        .version
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    let cluster = format!("postgres-{major}");
    let data = folder.path().join(&cluster);
    folder.end_orphan(session, "postgres")?;
    if !data.exists() {
        create(session, folder, &found, &cluster, lifetime)?;
    }
    // We hold the folder and nothing of ours runs in it: a lock that is left belongs to nobody, and
    // would be believed when its process id is in use again.
    let _ = fs::remove_file(data.join("postmaster.pid"));
    let password = fs::read_to_string(folder.path().join(format!("{cluster}.password")))
        .context("cannot read the private PostgreSQL's password")?;
    let (process, port) = serve(session, folder, &found, &data, lifetime)?;
    terminal::step(
        "Started",
        format_args!("PostgreSQL {} on 127.0.0.1:{port}", found.version),
    );
    let url = format!(
        "postgres://{NAME}:{}@127.0.0.1:{port}/{NAME}",
        password.trim()
    );
    Ok(Postgres { process, url })
}

/// Makes the cluster beside its place and moves it there when complete.
fn create(
    session: &Session,
    folder: &Folder,
    found: &FoundPostgres,
    cluster: &str,
    lifetime: Lifetime,
) -> anyhow::Result<()> {
    terminal::step("Creating", "a private PostgreSQL cluster");
    let new = folder.path().join("postgres.new");
    let password = folder.write(&format!("{cluster}.password"), &secret()?)?;
    // `C.UTF-8` sorts alike everywhere and knows the case of all letters; some systems lack it.
    let initdb = |locale: &str| -> anyhow::Result<()> {
        let _ = fs::remove_dir_all(&new);
        let mut command = folder.command(&found.folder.join("initdb"));
        // Clear text on the loopback interface costs a client nothing; SCRAM costs a debug build
        // tens of milliseconds a connection.
        command.args(["--username", NAME, "--auth=password", "--encoding=UTF8"]);
        command
            .arg("--locale")
            .arg(locale)
            .arg("--pwfile")
            .arg(&password)
            .arg("-D")
            .arg(&new);
        if lifetime == Lifetime::Temporary {
            command.arg("--no-sync");
        }
        session.run_quietly("initdb", &mut command).map(drop)
    };
    if initdb("C.UTF-8").is_err() {
        session.check()?;
        initdb("C")?;
    }
    let mut input = tempfile::tempfile().context("cannot make a temporary file")?;
    writeln!(input, "CREATE DATABASE {NAME};")?;
    input.rewind()?;
    let mut single = folder.command(&found.folder.join("postgres"));
    single
        .arg("--single")
        .arg("-D")
        .arg(&new)
        .args(["-c", "fsync=off", "postgres"])
        .stdin(input);
    let said = session.run_quietly("postgres --single", &mut single)?;
    if said.contains("ERROR:") {
        bail!("cannot create the database:\n{said}");
    }
    fs::rename(&new, folder.path().join(cluster)).context("cannot put the cluster in its place")
}

/// Runs the server, and waits until it answers.
fn serve<'s>(
    session: &'s Session,
    folder: &Folder,
    found: &FoundPostgres,
    data: &Path,
    lifetime: Lifetime,
) -> anyhow::Result<(Process<'s>, u16)> {
    let log = folder.path().join("postgres.log");
    // Another program may take a free port before PostgreSQL does.
    for _ in 0..3 {
        let port = port::free(None)?;
        let output = folder.create("postgres.log")?;
        let mut command = folder.command(&found.folder.join("postgres"));
        command
            .arg("-D")
            .arg(data)
            .stdout(output.try_clone()?)
            .stderr(output);
        for setting in settings(port, lifetime) {
            command.arg("-c").arg(setting);
        }
        let mut process = session.start("PostgreSQL", Kind::Postgres, &mut command)?;
        folder.record("postgres", process.id(), &data.display().to_string())?;
        let mut waiting = Waiting::on("starting PostgreSQL");
        while process.ended()?.is_none() {
            if is_ready(data, process.id()) {
                return Ok((process, port));
            }
            if waiting.passed() > START_LIMIT {
                bail!("PostgreSQL does not start; its log is {}", log.display());
            }
            waiting.tick();
            session.pause()?;
        }
    }
    let log = fs::read_to_string(&log).unwrap_or_default();
    bail!("PostgreSQL does not start:\n{}", log.trim_end())
}

fn settings(port: u16, lifetime: Lifetime) -> Vec<String> {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        // The path of a socket may be too long, and nothing needs one.
        "unix_socket_directories=".into(),
        "max_connections=200".into(),
    ];
    if lifetime == Lifetime::Temporary {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "max_wal_size=4GB",
            ]
            .map(Into::into),
        );
    }
    settings
}

/// The eighth line of the lock file is the server's own word, which `pg_ctl` goes by as well.
fn is_ready(data: &Path, id: u32) -> bool {
    let Ok(lock) = fs::read_to_string(data.join("postmaster.pid")) else {
        return false;
    };
    let lines: Vec<&str> = lock.lines().map(str::trim).collect();
    lines.first().and_then(|first| first.parse().ok()) == Some(id) && lines.get(7) == Some(&"ready")
}
