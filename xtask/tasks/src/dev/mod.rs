//! The task `dev`: runs the server of a workspace together with private stores.

mod credential;

use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

pub use self::credential::{Credential, Given};
use crate::folder::Folder;
use crate::process::{Kind, Process, Session};
use crate::services::{self, Lifetime, Services};
use crate::terminal::{self, Waiting};
use crate::{Project, cargo, codegen, http, orphan};

const USUAL_PORT: u16 = 8080;
const USUAL_METRICS_PORT: u16 = 9464;
/// The time within which the server must become ready. Migrating and seeding a new database takes about two
/// seconds.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// The command line of the task `dev`.
#[derive(clap::Args)]
pub struct DevArgs {
    /// The port of the server on 127.0.0.1 [default: 8080, or a free port if 8080 is in use].
    #[arg(long)]
    port: Option<u16>,
    /// Delete the data of earlier runs and start with empty stores.
    #[arg(long)]
    reset: bool,
}

/// The running server of `dev`, for the text of a first request to it.
pub struct Running {
    /// The address of the API.
    pub address: SocketAddr,
    /// The address of the metrics.
    pub metrics: SocketAddr,
    /// The credentials of the server, in the order of the [`Project`].
    pub credentials: Vec<Given>,
}

impl Running {
    /// Returns a `curl` command for a `GET` request to a path, with a header such as `X-Api-Key: {}`, or with none if
    /// `header` is empty. In both, `{}` stands for the secret of the first credential.
    pub fn curl(&self, path: &str, header: &str) -> String {
        let secret = self.credentials.first().map_or("", |credential| &credential.shown);
        let quoted = |text: &str| text.replace('\'', r"'\''").replace("{}", secret);
        let mut command = format!("curl 'http://{}{}'", self.address, quoted(path));
        if !header.is_empty() {
            let _ = write!(command, " -H '{}'", quoted(header));
        }
        command
    }
}

/// Runs the task `dev`: the server and its stores, until the user interrupts the task.
pub(crate) fn run(project: &Project, args: &DevArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let folder = Folder::kept(&project.root)?;
    orphan::end_all(&session, &folder)?;
    if args.reset {
        terminal::step("Removing", format_args!("the data in {}", folder.path().display()));
        folder.empty()?;
    }
    let address = address(args.port)?;
    folder.announce(&format!("process {}, http://{address}", std::process::id()))?;
    terminal::step("Generating", "code from the contract");
    codegen::generate(project)?;
    session.check()?;
    build(project, &session)?;
    let mut services = services::start(&session, &folder, Lifetime::Kept, project.stores)?;
    let credentials = project.credentials.iter().map(|one| one.resolve(&folder)).collect::<Result<_, _>>()?;
    let metrics = (Ipv4Addr::LOCALHOST, services::free_port(Some(USUAL_METRICS_PORT))?).into();
    let running = Running { address, metrics, credentials };
    let mut server = serve(project, &session, &folder, &services, &running)?;
    wait_until_ready(&session, &mut server, [address, metrics])?;
    // A closed standard output is not a failure of the task.
    let _ = writeln!(stdout(), "{}", welcome(project, &services, &running));
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server stopped unexpectedly ({status}); the reason is in its log above");
        }
        if let Some(service) = services.failed()? {
            bail!("{service} stopped unexpectedly; its log is in {}", folder.path().display());
        }
        if session.pause().is_err() {
            // An interrupt is the normal end of this task.
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

fn build(project: &Project, session: &Session) -> anyhow::Result<()> {
    terminal::step("Building", "the server");
    let mut build = cargo::command(&project.root);
    if !session.run("cargo build", build.args(["build", "--package", &project.server]))?.success() {
        bail!("the server does not compile: fix the errors above and run the command again");
    }
    Ok(())
}

fn serve<'s>(
    project: &Project,
    session: &'s Session,
    folder: &Folder,
    services: &Services<'_>,
    running: &Running,
) -> anyhow::Result<Process<'s>> {
    // Cargo writes the program of the server next to this program in every target folder.
    let program = std::env::current_exe()?.with_file_name(&project.server);
    terminal::step("Running", format_args!("{}", program.display()));
    let setting = |name: &str| format!("{}{name}", project.prefix);
    let mut command = Command::new(&program);
    command
        .current_dir(&project.root)
        .stdin(Stdio::null())
        .envs(services.variables())
        .envs(project.variables.iter().filter(|(name, _)| std::env::var_os(name).is_none()).cloned())
        .envs(running.credentials.iter().flat_map(|one| one.variables.iter().cloned()))
        .env(setting("BIND"), running.address.to_string())
        .env(setting("METRICS_BIND"), running.metrics.to_string());
    if std::env::var_os(setting("LOG_FORMAT")).is_none() {
        command.env(setting("LOG_FORMAT"), "text");
    }
    let server = session.start("server", Kind::Group, &mut command)?;
    orphan::record(folder, &server, &program.display().to_string())?;
    Ok(server)
}

/// Waits until `/readyz` responds with 200 at one of the addresses: that of the API, whose contract may declare the path
/// otherwise, or that of the metrics.
fn wait_until_ready(session: &Session, server: &mut Process<'_>, addresses: [SocketAddr; 2]) -> anyhow::Result<()> {
    let mut waiting = Waiting::on("starting the server");
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server stopped before it was ready ({status}); the reason is in its log above");
        }
        let responses = addresses.map(|address| http::status(address, "/readyz"));
        if responses.iter().any(|response| matches!(response, Ok(200))) {
            return Ok(());
        }
        if waiting.passed() > READY_LIMIT {
            let [response, _] = responses;
            return match response {
                Ok(status) => bail!("the server is not ready: GET /readyz responds with {status}"),
                Err(error) => Err(error).context("the server does not respond"),
            };
        }
        waiting.tick();
        session.pause()?;
    }
}

/// Returns the text about the running server: its pages, stores and credentials, and a first request.
fn welcome(project: &Project, services: &Services<'_>, running: &Running) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    lines.extend(project.pages.iter().map(|(title, path)| (&**title, format!("http://{}{path}", running.address))));
    lines.push(("Metrics", format!("http://{}/metrics", running.metrics)));
    lines.extend(services.database_url.iter().map(|url| ("PostgreSQL", url.clone())));
    lines.extend(services.redis_url.iter().map(|url| ("Redis", url.clone())));
    lines.extend(running.credentials.iter().map(|one| match one.user.as_str() {
        "" => (&*one.title, one.note.clone()),
        user => (&*one.title, format!("{user}, password: {}", one.note)),
    }));
    let width = lines.iter().map(|(title, _)| title.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (title, value) in &lines {
        let _ = write!(text, "\n  {title:width$}  {value}");
    }
    if let Some(request) = project.first_request {
        let _ = write!(text, "\n\n  {}", request(running).replace('\n', "\n  "));
    }
    text.push_str("\n\n  Ctrl-C stops everything.\n");
    text
}
