//! The task `dev`: runs the server of a workspace together with private stores.

mod credential;
mod gateway;
mod server;

use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use anyhow::bail;

pub use self::credential::{Credential, Given};
use crate::folder::Folder;
use crate::process::Session;
use crate::services::{self, Database, Lifetime, Services};
use crate::{Project, cargo, codegen, orphan, terminal};
use server::{Part, Server, Stage};

const USUAL_PORT: u16 = 8080;
const USUAL_METRICS_PORT: u16 = 9464;

/// The command line of the task `dev`.
#[derive(clap::Args)]
pub struct DevArgs {
    /// The port of the server on 127.0.0.1 [default: 8080, or a free port if 8080 is in use].
    #[arg(long)]
    port: Option<u16>,
    /// Delete the data of earlier runs and start with empty stores.
    #[arg(long)]
    reset: bool,
    /// Run each service of the server in a process of its own, behind a gateway if the workspace has one.
    #[arg(long)]
    services: bool,
}

/// The running server of `dev`, for the text of a first request to it.
pub struct Running {
    /// The address of the API. With `--services` it is that of the gateway, or of the first service if there is no gateway.
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
    let databases = services.databases(&session, &project.services)?;
    let credentials = project.credentials.iter().map(|one| one.resolve(&folder)).collect::<Result<_, _>>()?;
    let parts = parts(project, args, address)?;
    let running = Running { address, metrics: parts[0].metrics, credentials };
    let stage = Stage { project, session: &session, folder: &folder, services: &services, databases: &databases };
    let mut servers: Vec<Server<'_>> =
        parts.iter().map(|part| stage.serve(part, &parts, &running)).collect::<Result<_, _>>()?;
    servers.iter_mut().try_for_each(|server| server.wait_until_ready(&session))?;
    if args.services && project.gateway.is_some() {
        servers.push(Server::gateway(gateway::start(project, &session, &folder, &parts, address)?));
    }
    // A closed standard output is not a failure of the task.
    let _ = writeln!(stdout(), "{}", welcome(project, &services, &databases, &parts, &running));
    loop {
        for server in &mut servers {
            if let Some(status) = server.process.ended()? {
                bail!("{} stopped unexpectedly ({status}); the reason is in its log above", server.title);
            }
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

/// Returns the processes of the server: one, or with `--services` one for each service. The first one has `address`, unless it
/// is that of a gateway.
fn parts(project: &Project, args: &DevArgs, address: SocketAddr) -> anyhow::Result<Vec<Part>> {
    let services: Vec<Option<String>> = match args.services {
        true if project.services.is_empty() => bail!("the server has no services to run one by one: omit --services"),
        true => project.services.iter().cloned().map(Some).collect(),
        false => vec![None],
    };
    let first = u16::from(args.services && project.gateway.is_some());
    let free = |port: u16| {
        // The port of the API is chosen, but not in use yet.
        let preferred = Some(port).filter(|port| *port != address.port());
        anyhow::Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, services::free_port(preferred)?)))
    };
    let part = |(index, service): (u16, Option<String>)| {
        let address = if first + index == 0 { address } else { free(USUAL_PORT + first + index)? };
        Ok(Part { service, address, metrics: free(USUAL_METRICS_PORT + index)? })
    };
    (0..).zip(services).map(part).collect()
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

/// Returns the text about the running server: its pages, stores and credentials, and a first request.
fn welcome(
    project: &Project,
    services: &Services<'_>,
    databases: &[Database],
    parts: &[Part],
    running: &Running,
) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    lines.extend(project.pages.iter().map(|(title, path)| (&**title, format!("http://{}{path}", running.address))));
    lines.extend(parts.iter().filter_map(|part| Some((&**part.service.as_ref()?, format!("http://{}", part.address)))));
    lines.extend(parts.iter().map(|part| ("Metrics", format!("http://{}/metrics", part.metrics))));
    match databases {
        [] => lines.extend(services.database_url.iter().map(|url| ("PostgreSQL", url.clone()))),
        databases => lines.extend(databases.iter().map(|database| ("PostgreSQL", database.url.clone()))),
    }
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
