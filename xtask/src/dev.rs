//! `cargo xtask dev`: runs the server of a checkout together with a private PostgreSQL and Redis.

mod admin;

use std::io::{Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use self::admin::Admin;
use crate::folder::Folder;
use crate::process::{Kind, Process, Session};
use crate::services::{self, Lifetime, Services};
use crate::terminal::{self, Waiting};
use crate::{cargo, codegen, http, orphan};

const USUAL_PORT: u16 = 8080;
const USUAL_METRICS_PORT: u16 = 9464;
/// The time within which the server must become ready. Migrating and seeding a new database takes about two
/// seconds.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// The command line of `cargo xtask dev`.
#[derive(clap::Args)]
pub struct Args {
    /// The port of the server on 127.0.0.1 [default: 8080, or a free port if 8080 is in use].
    #[arg(long)]
    port: Option<u16>,
    /// Delete the data of earlier runs and start with an empty database.
    #[arg(long)]
    reset: bool,
}

/// Runs `cargo xtask dev`: the server and its services, until the user interrupts the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let folder = Folder::kept(&cargo::root())?;
    orphan::end_all(&session, &folder)?;
    if args.reset {
        terminal::step("Removing", format_args!("the data in {}", folder.path().display()));
        folder.empty()?;
    }
    let address = address(args.port)?;
    folder.announce(&format!("process {}, http://{address}", std::process::id()))?;
    terminal::step("Generating", "generated/ from spec/");
    codegen::generate_all(false)?;
    session.check()?;
    build(&session)?;
    let mut services = services::start(&session, &folder, Lifetime::Kept)?;
    let admin = Admin::of(&folder)?;
    let metrics = (Ipv4Addr::LOCALHOST, services::free_port(Some(USUAL_METRICS_PORT))?).into();
    let mut server = serve(&session, &folder, &services, [address, metrics], &admin)?;
    wait_until_ready(&session, &mut server, address)?;
    welcome(address, metrics, &services, &admin);
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server stopped unexpectedly ({status}); the reason is in its log above");
        }
        if let Some(service) = services.failed()? {
            bail!("{service} stopped unexpectedly; its log is in {}", folder.path().display());
        }
        if session.pause().is_err() {
            // An interrupt is the normal end of this command.
            return Ok(ExitCode::SUCCESS);
        }
    }
}

fn address(port: Option<u16>) -> anyhow::Result<SocketAddr> {
    let free = services::free_port(Some(port.unwrap_or(USUAL_PORT)))?;
    match port {
        Some(port) if port != free && port != 0 => {
            bail!("port {port} on 127.0.0.1 is in use: choose another port, or omit --port")
        }
        _ => Ok((Ipv4Addr::LOCALHOST, free).into()),
    }
}

fn build(session: &Session) -> anyhow::Result<()> {
    terminal::step("Building", "the server");
    let mut build = cargo::command();
    if !session.run("cargo build", build.args(["build", "--package", "server"]))?.success() {
        bail!("the server does not compile: fix the errors above and run the command again");
    }
    Ok(())
}

fn serve<'s>(
    session: &'s Session,
    folder: &Folder,
    services: &Services<'_>,
    [address, metrics]: [SocketAddr; 2],
    admin: &Admin,
) -> anyhow::Result<Process<'s>> {
    // Cargo writes the program of the server next to this program in every target folder.
    let program = std::env::current_exe()?.with_file_name("server");
    terminal::step("Running", format_args!("{}", program.display()));
    let mut command = Command::new(&program);
    command
        .current_dir(cargo::root())
        .stdin(Stdio::null())
        .env("DATABASE_URL", &services.database_url)
        .env("REDIS_URL", &services.redis_url)
        .env("WRIT_BIND", address.to_string())
        .env("WRIT_METRICS_BIND", metrics.to_string())
        .env("ADMIN_EMAIL", &admin.email)
        .env("ADMIN_PASSWORD", &admin.password);
    if std::env::var_os("WRIT_LOG_FORMAT").is_none() {
        command.env("WRIT_LOG_FORMAT", "text");
    }
    let server = session.start("server", Kind::Group, &mut command)?;
    orphan::record(folder, &server, &program.display().to_string())?;
    Ok(server)
}

fn wait_until_ready(session: &Session, server: &mut Process<'_>, address: SocketAddr) -> anyhow::Result<()> {
    let mut waiting = Waiting::on("migrating and seeding");
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server stopped before it was ready ({status}); the reason is in its log above");
        }
        let response = http::status(address, "/readyz");
        if matches!(response, Ok(200)) {
            return Ok(());
        }
        if waiting.passed() > READY_LIMIT {
            return match response {
                Ok(status) => bail!("the server is not ready: GET /readyz responds with {status}"),
                Err(error) => Err(error).context("the server does not respond"),
            };
        }
        waiting.tick();
        session.pause()?;
    }
}

fn welcome(address: SocketAddr, metrics: SocketAddr, services: &Services<'_>, admin: &Admin) {
    let Services { database_url, redis_url, .. } = services;
    let Admin { email, shown, note, .. } = admin;
    let text = format!(
        r#"
  API         http://{address}/v1
  Reference   http://{address}/docs
  Metrics     http://{metrics}/metrics
  PostgreSQL  {database_url}
  Redis       {redis_url}
  Admin       {email}, password: {note}

  curl http://{address}/v1/auth/login -H 'Content-Type: application/json' \
    -d '{{"email":"{email}","password":"{shown}"}}'

  Ctrl-C stops everything.
"#
    );
    // A closed standard output is not a failure of the command.
    let _ = writeln!(stdout(), "{text}");
}
