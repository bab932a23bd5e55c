//! The processes of the server: one, or one for each of its services.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use super::Running;
use crate::folder::Folder;
use crate::process::{Kind, Process, Session};
use crate::services::{Database, Services};
use crate::terminal::{self, Waiting};
use crate::{Project, http, orphan};

/// The time within which the server must become ready. Migrating and seeding a new database takes about two
/// seconds.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// A process of the server, before it is started.
pub(super) struct Part {
    /// The only service that the process runs, or `None` if it runs all of them.
    pub(super) service: Option<String>,
    /// The address of the API.
    pub(super) address: SocketAddr,
    /// The address of the metrics.
    pub(super) metrics: SocketAddr,
}

/// A running process of the server.
pub(super) struct Server<'s> {
    /// The process in messages: the server, or one of its services.
    pub(super) title: String,
    pub(super) process: Process<'s>,
    /// The addresses of the API and of the metrics, or `None` if the process was ready from the start.
    addresses: Option<[SocketAddr; 2]>,
}

/// The surroundings in which the processes of the server start.
pub(super) struct Stage<'a, 's> {
    pub(super) project: &'a Project,
    pub(super) session: &'s Session,
    pub(super) folder: &'a Folder,
    pub(super) services: &'a Services<'s>,
    /// The databases of the services; empty if they share the database of the task.
    pub(super) databases: &'a [Database],
}

impl<'s> Stage<'_, 's> {
    /// Starts a process of the server. `all` are its processes, whose addresses they know from each other.
    pub(super) fn serve(&self, part: &Part, all: &[Part], running: &Running) -> anyhow::Result<Server<'s>> {
        // Cargo writes the program of the server next to this program in every target folder.
        let program = std::env::current_exe()?.with_file_name(&self.project.server);
        let (name, title) = match &part.service {
            None => ("server".to_owned(), "the server".to_owned()),
            Some(service) => (format!("server-{service}"), format!("the service `{service}`")),
        };
        terminal::step("Running", format_args!("{} for {title}", program.display()));
        let mut command = Command::new(&program);
        command
            .current_dir(&self.project.root)
            .stdin(Stdio::null())
            .envs(self.stores(part))
            .envs(self.project.variables.iter().filter(|(name, _)| std::env::var_os(name).is_none()).cloned())
            .envs(running.credentials.iter().flat_map(|one| one.variables.iter().cloned()))
            .env(self.setting("BIND"), part.address.to_string())
            .env(self.setting("METRICS_BIND"), part.metrics.to_string());
        if let Some(service) = &part.service {
            command.env(self.setting("SERVICE"), service);
            if self.project.gateway.is_some() && std::env::var_os(self.setting("TRUSTED_PROXIES")).is_none() {
                command.env(self.setting("TRUSTED_PROXIES"), "127.0.0.0/8");
            }
            let others = all.iter().filter_map(|other| Some((other.service.as_ref()?, other.address)));
            let mut trusted = Vec::new();
            for (other, address) in others.filter(|(other, _)| *other != service) {
                command.env(self.setting(&format!("{}_URL", variable(other))), format!("http://{address}"));
                trusted.push(format!("{other}=http://{address}/.well-known/jwks.json"));
            }
            command.env(self.setting("TRUSTED_SERVICES"), trusted.join(","));
        }
        if std::env::var_os(self.setting("LOG_FORMAT")).is_none() {
            command.env(self.setting("LOG_FORMAT"), "text");
        }
        let process = self.session.start(&name, Kind::Group, &mut command)?;
        orphan::record(self.folder, &process, &program.display().to_string())?;
        Ok(Server { title, process, addresses: Some([part.address, part.metrics]) })
    }

    /// Returns the variables with the URLs of the stores of a process: its own databases, and the Redis that all share.
    fn stores(&self, part: &Part) -> Vec<(String, String)> {
        let is_own = |database: &&Database| part.service.as_ref().is_none_or(|service| *service == database.name);
        let own = self.databases.iter().filter(is_own);
        let own = own.map(|database| {
            (self.setting(&format!("{}_DATABASE_URL", variable(&database.name))), database.url.clone())
        });
        let shared = self.services.variables().map(|(name, url)| (name.to_owned(), url));
        // A service needs no access to the database of the superuser.
        shared.filter(|(name, _)| self.databases.is_empty() || name != "DATABASE_URL").chain(own).collect()
    }

    fn setting(&self, name: &str) -> String {
        format!("{}{name}", self.project.prefix)
    }
}

/// Returns the form that the name of a service has in variables.
fn variable(service: &str) -> String {
    service.to_ascii_uppercase().replace('-', "_")
}

impl<'s> Server<'s> {
    /// Returns the running gateway, which is ready.
    pub(super) fn gateway(process: Process<'s>) -> Server<'s> {
        Server { title: "the gateway".to_owned(), process, addresses: None }
    }
    /// Waits until `/readyz` responds with 200 at one of the addresses: that of the API, whose contract may declare the path
    /// otherwise, or that of the metrics.
    pub(super) fn wait_until_ready(&mut self, session: &Session) -> anyhow::Result<()> {
        let (title, Some(addresses)) = (&self.title, self.addresses) else { return Ok(()) };
        let mut waiting = Waiting::on("starting the server");
        loop {
            if let Some(status) = self.process.ended()? {
                bail!("{title} stopped before it was ready ({status}); the reason is in its log above");
            }
            let responses = addresses.map(|address| http::status(address, "/readyz"));
            if responses.iter().any(|response| matches!(response, Ok(200))) {
                return Ok(());
            }
            if waiting.passed() > READY_LIMIT {
                let [response, _] = responses;
                return match response {
                    Ok(status) => bail!("{title} is not ready: GET /readyz responds with {status}"),
                    Err(error) => Err(error).with_context(|| format!("{title} does not respond")),
                };
            }
            waiting.tick();
            session.pause()?;
        }
    }
}
