//! The `cargo xtask dev` of the clone, which runs while the commands of a document call the server.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::checkout::Checkout;
use writ_tasks::process::{Kind, Process, Session};
use writ_tasks::terminal::Waiting;
use writ_tasks::{http, services};

/// The server address that the documents show. Another program on this machine may use its port.
const SHOWN: &str = "127.0.0.1:8080";

/// The address of the metrics that the documents show.
const SHOWN_METRICS: &str = "127.0.0.1:9464";

/// A running `cargo xtask dev` of the clone. It is stopped when this value is dropped.
pub struct Server<'s> {
    _process: Process<'s>,
    address: SocketAddr,
    metrics: String,
    /// The variables with the URLs of its stores.
    variables: Vec<(String, String)>,
    /// The folders of the program of the server, and of the programs of PostgreSQL.
    programs: [PathBuf; 2],
}

impl<'s> Server<'s> {
    /// Starts `cargo xtask dev` in the clone on a free port, and waits until its server is ready.
    pub fn start(session: &'s Session, checkout: &Checkout) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, services::free_port(None)?));
        let log = checkout.temporary().join("dev.log");
        let output = File::create(&log).context("cannot write dev.log")?;
        let mut command = checkout.command("cargo");
        command.args(["xtask", "dev", "--port", &address.port().to_string()]);
        command.stdout(output.try_clone()?).stderr(output);
        let mut process = session.start("cargo xtask dev", Kind::Group, &mut command)?;
        let metrics = wait(session, &mut process, address, &log)?;
        let variables = store_variables(&fs::read_to_string(&log)?);
        let programs = [checkout.programs(), services::psql()?.with_file_name("")];
        Ok(Self { _process: process, address, metrics, variables, programs })
    }

    /// Gives a command the program of the server, those of PostgreSQL, and the URLs of the stores.
    pub fn equip(&self, command: &mut Command) -> anyhow::Result<()> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.programs.iter().cloned().chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(folders)?).envs(self.variables.iter().cloned());
        Ok(())
    }

    /// Replaces the addresses that the documents show in `script` with those of this server.
    pub fn addressed_by(&self, script: &str) -> String {
        script.replace(SHOWN, &self.address.to_string()).replace(SHOWN_METRICS, &self.metrics)
    }
}

/// Waits until the server of `cargo xtask dev` is ready. Returns the address of its metrics. The wait has no limit:
/// compiling may take long, and `cargo xtask dev` limits its steps after compiling.
fn wait(session: &Session, process: &mut Process<'_>, address: SocketAddr, log: &Path) -> anyhow::Result<String> {
    let mut waiting = Waiting::on("starting `cargo xtask dev`");
    loop {
        let text = fs::read_to_string(log)?;
        if let Some(status) = process.ended()? {
            bail!("`cargo xtask dev` ended ({status}):\n{}", text.trim_end());
        }
        if let Some(metrics) = metrics_address(&text)
            && matches!(http::status(address, "/readyz"), Ok(200))
        {
            return Ok(metrics.to_owned());
        }
        waiting.tick();
        session.pause()?;
    }
}

/// Returns the address of the metrics that `cargo xtask dev` prints when its server is ready.
fn metrics_address(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.trim().strip_suffix("/metrics")?.rsplit_once("http://"))
        .map(|(_, address)| address)
}

/// Returns the variables with the URLs of the stores that `cargo xtask dev` prints: one for each database, `DATABASE_URL` for
/// the last of them, and `REDIS_URL`.
fn store_variables(text: &str) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for (title, url) in text.lines().filter_map(|line| line.trim().split_once("  ")) {
        match (title, url.trim()) {
            ("PostgreSQL", url) => {
                let database = url.rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
                variables.push((format!("WRIT_{database}_DATABASE_URL"), url.to_owned()));
                variables.push(("DATABASE_URL".to_owned(), url.to_owned()));
            }
            ("Redis", url) => variables.push(("REDIS_URL".to_owned(), url.to_owned())),
            _ => {}
        }
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::{metrics_address, store_variables};

    #[test]
    fn commands_receive_the_urls_of_the_stores() {
        let text = "Running\n\n  API         http://127.0.0.1:1/v1\n  PostgreSQL  postgres://users:p@h/users\n  \
                    PostgreSQL  postgres://orders:p@h/orders\n  Redis       redis://h\n";
        let expected = [
            ("WRIT_USERS_DATABASE_URL", "postgres://users:p@h/users"),
            ("DATABASE_URL", "postgres://users:p@h/users"),
            ("WRIT_ORDERS_DATABASE_URL", "postgres://orders:p@h/orders"),
            ("DATABASE_URL", "postgres://orders:p@h/orders"),
            ("REDIS_URL", "redis://h"),
        ];
        assert_eq!(store_variables(text), expected.map(|(name, url)| (name.to_owned(), url.to_owned())));
    }

    #[test]
    fn the_address_of_the_metrics_is_read_from_the_output() {
        let text = "Running\n\n  API      http://127.0.0.1:1/v1\n  Metrics  http://127.0.0.1:2/metrics\n";
        assert_eq!(metrics_address(text), Some("127.0.0.1:2"));
        assert_eq!(metrics_address("  API      http://127.0.0.1:1/v1\n"), None);
    }
}
