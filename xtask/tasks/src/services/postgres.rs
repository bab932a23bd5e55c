//! A private PostgreSQL server: created once, started on a free port, and recovered after a crash.

mod cluster;
pub mod databases;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::Pid;

use super::install::{self, Package};
use super::locate::{self, FoundPostgres};
use super::{Lifetime, port};
use crate::folder::Folder;
use crate::orphan;
use crate::process::{Kind, Process, Session, Target};
use crate::terminal::{self, Waiting};

const PACKAGE: Package = Package {
    title: "PostgreSQL",
    variable: "DATABASE_URL",
    apt: &["postgresql"],
    dnf: &["postgresql-server"],
    brew: &["postgresql@18", "postgresql@17"],
};
/// The time within which PostgreSQL must start. It is long, since recovery after a crash replays the log.
const START_LIMIT: Duration = Duration::from_secs(120);
const LOCK: &str = "postmaster.pid";
/// The name of the superuser and of the database in the private PostgreSQL.
const NAME: &str = "writ";

/// A running private PostgreSQL server.
pub struct Postgres<'s> {
    /// The first process of the private PostgreSQL server, which stops its other processes.
    pub process: Process<'s>,
    /// The URL of the database, `postgres://` with the superuser's password.
    pub url: String,
}

/// Starts the private PostgreSQL server with its data in `folder`, and creates the data if it does not exist.
pub fn start<'s>(session: &'s Session, folder: &Folder, lifetime: Lifetime) -> anyhow::Result<Postgres<'s>> {
    let found = match locate::postgres() {
        Some(found) => found,
        None => {
            install::install(session, &PACKAGE, || locate::postgres().is_some())?;
            locate::postgres().context(
                "PostgreSQL was installed, but its programs were not found: set DATABASE_URL to the URL of a server",
            )?
        }
    };
    // Each major version has a separate data folder, since PostgreSQL cannot read the data of another version.
    let major = found.version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let cluster = format!("postgres-{major}");
    let data = folder.path().join(&cluster);
    if !data.exists() {
        cluster::create(session, folder, &found, &cluster, lifetime)?;
    }
    let mark = data.display().to_string();
    if let Some(pid) = lock(&data).first().and_then(|pid| Pid::from_raw(pid.parse().ok()?)) {
        let kind = Kind::Postgres;
        orphan::end(session, Target { pid, kind }, "postgres", &mark)?;
        // This process has locked the folder, so no PostgreSQL runs in it. A remaining lock file would count as
        // valid when another program gets the process id in it.
        let _ = fs::remove_file(data.join(LOCK));
    }
    let password = fs::read_to_string(folder.path().join(format!("{cluster}.password")))
        .context("cannot read the password of the private PostgreSQL: run `cargo xtask dev --reset`")?;
    let (process, port) = serve(session, folder, &found, &data, lifetime)?;
    terminal::step("Started", format_args!("PostgreSQL {} on 127.0.0.1:{port}", found.version));
    let url = format!("postgres://{NAME}:{}@127.0.0.1:{port}/{NAME}", password.trim());
    Ok(Postgres { process, url })
}

/// Runs the PostgreSQL server, and waits until it accepts connections.
fn serve<'s>(
    session: &'s Session,
    folder: &Folder,
    found: &FoundPostgres,
    data: &Path,
    lifetime: Lifetime,
) -> anyhow::Result<(Process<'s>, u16)> {
    let log = folder.path().join("postgres.log");
    // Another program may take the free port before PostgreSQL does.
    for _ in 0..3 {
        let port = port::free(None)?;
        let output = folder.create("postgres.log")?;
        let mut command = folder.command(&found.folder.join("postgres"));
        command.arg("-D").arg(data).stdout(output.try_clone()?).stderr(output);
        for setting in settings(port, lifetime) {
            command.arg("-c").arg(setting);
        }
        let mut process = session.start("postgres", Kind::Postgres, &mut command)?;
        orphan::record(folder, &process, &data.display().to_string())?;
        let mut waiting = Waiting::on("starting PostgreSQL");
        while process.ended()?.is_none() {
            if is_ready(data, process.target().pid) {
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
        // The path of a Unix socket may be too long, and no program here needs a socket.
        "unix_socket_directories=".into(),
        "max_connections=200".into(),
    ];
    if lifetime == Lifetime::Temporary {
        settings.extend(
            ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB"].map(Into::into),
        );
    }
    settings
}

/// Returns true if PostgreSQL's lock file reports that the server is ready. PostgreSQL writes its status into
/// line 8 of the file, and `pg_ctl` reads the status there too.
fn is_ready(data: &Path, pid: Pid) -> bool {
    let lines = lock(data);
    let ours = lines.first().is_some_and(|line| *line == pid.as_raw_pid().to_string());
    ours && lines.get(7).is_some_and(|line| line == "ready")
}

/// Returns the lines of the lock file in PostgreSQL's data folder.
fn lock(data: &Path) -> Vec<String> {
    let text = fs::read_to_string(data.join(LOCK)).unwrap_or_default();
    text.lines().map(|line| line.trim().to_owned()).collect()
}
