//! `cargo xtask dev`: from a fresh clone to a running server.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::folder::{Folder, secret};
use crate::guard::Kind;
use crate::process::{Process, Session};
use crate::services::{self, Lifetime, Services};
use crate::terminal::{self, Waiting};
use crate::{cargo, codegen, http};

const USUAL_PORT: u16 = 8080;
/// Migrating and seeding a new database takes a second or two.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// How to run the server.
#[derive(clap::Args)]
pub struct Args {
    /// Where the server listens on 127.0.0.1 [default: 8080, or any free port when that is taken].
    #[arg(long)]
    port: Option<u16>,
    /// Start over with an empty database.
    #[arg(long)]
    reset: bool,
}

/// The administrator's password.
struct Admin {
    password: String,
    /// The password as the curl shows it, inside of single quotes.
    shown: String,
    note: String,
}

/// Runs the subcommand until it is interrupted.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let folder = Folder::kept(&cargo::root())?;
    if args.reset {
        terminal::step(
            "Removing",
            format_args!("the data in {}", folder.path().display()),
        );
        folder.end_orphans(&session)?;
        folder.empty()?;
    }
    let address = address(args.port)?;
    folder.announce(&format!("process {}, http://{address}", std::process::id()))?;
    terminal::step("Generating", "generated/ from spec/");
    codegen::generate_all(false)?;
    session.check()?;
    build(&session)?;
    let mut services = services::start(&session, &folder, Lifetime::Kept)?;
    let admin = admin(&folder)?;
    let mut server = serve(&session, &services, address, &admin)?;
    wait_until_ready(&session, &mut server, address)?;
    welcome(address, &services, &admin);
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server ended by itself ({status})");
        }
        if let Some(service) = services.failed()? {
            bail!(
                "{service} ended by itself; its log is in {}",
                folder.path().display()
            );
        }
        if session.pause().is_err() {
            // To be stopped is how this task ends well.
            return Ok(ExitCode::SUCCESS);
        }
    }
}

fn address(port: Option<u16>) -> anyhow::Result<SocketAddr> {
    let free = services::free_port(Some(port.unwrap_or(USUAL_PORT)))?;
    match port {
        Some(port) if port != free && port != 0 => bail!("port {port} is taken on 127.0.0.1"),
        _ => Ok((Ipv4Addr::LOCALHOST, free).into()),
    }
}

fn build(session: &Session) -> anyhow::Result<()> {
    terminal::step("Building", "the server");
    let mut build = cargo::command();
    if !session
        .run("cargo build", build.args(["build", "--package", "server"]))?
        .success()
    {
        bail!("the server does not build");
    }
    Ok(())
}

fn admin(folder: &Folder) -> anyhow::Result<Admin> {
    if let Some(password) = std::env::var("ADMIN_PASSWORD")
        .ok()
        .filter(|given| !given.is_empty())
    {
        return Ok(Admin {
            password,
            shown: r#"'"$ADMIN_PASSWORD"'"#.into(),
            note: "ADMIN_PASSWORD of the environment, if that seeded it".into(),
        });
    }
    let path = folder.path().join("admin-password");
    if let Ok(password) = fs::read_to_string(&path) {
        let shown = format!(r#"'"$(cat {})"'"#, path.display());
        return Ok(Admin {
            password,
            shown,
            note: format!("kept in {}", path.display()),
        });
    }
    let password = secret()?;
    folder.write("admin-password", &password)?;
    let note = format!("{password} (shown this once, kept in {})", path.display());
    Ok(Admin {
        shown: password.clone(),
        password,
        note,
    })
}

fn serve<'s>(
    session: &'s Session,
    services: &Services<'_>,
    address: SocketAddr,
    admin: &Admin,
) -> anyhow::Result<Process<'s>> {
    // Cargo puts it beside this program, whatever the target folder.
    let program = std::env::current_exe()?.with_file_name("server");
    terminal::step("Running", format_args!("{}", program.display()));
    let mut command = Command::new(&program);
    command
        .current_dir(cargo::root())
        .stdin(Stdio::null())
        .env("DATABASE_URL", &services.database_url)
        .env("REDIS_URL", &services.redis_url)
        .env("WRIT_BIND", address.to_string())
        .env("ADMIN_PASSWORD", &admin.password);
    session.start("the server", Kind::Group, &mut command)
}

fn wait_until_ready(
    session: &Session,
    server: &mut Process<'_>,
    address: SocketAddr,
) -> anyhow::Result<()> {
    let mut waiting = Waiting::on("migrating and seeding");
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server ended before it was ready ({status})");
        }
        let answer = http::status(address, "/readyz");
        if matches!(answer, Ok(200)) {
            return Ok(());
        }
        if waiting.passed() > READY_LIMIT {
            return match answer {
                Ok(status) => bail!("the server is not ready: /readyz answers {status}"),
                Err(error) => Err(error).context("the server does not answer"),
            };
        }
        waiting.tick();
        session.pause()?;
    }
}

fn welcome(address: SocketAddr, services: &Services<'_>, admin: &Admin) {
    let Services {
        database_url,
        redis_url,
        ..
    } = services;
    let Admin { shown, note, .. } = admin;
    println!(
        r#"
  API         http://{address}/v1
  Reference   http://{address}/docs
  PostgreSQL  {database_url}
  Redis       {redis_url}
  Admin       admin@example.com, password: {note}

  curl http://{address}/v1/auth/login -H 'Content-Type: application/json' \
    -d '{{"email":"admin@example.com","password":"{shown}"}}'

  Ctrl-C stops everything.
"#
    );
}
