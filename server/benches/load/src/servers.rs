//! The programs that are measured: the server of the sample and the baseline, as child processes.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::process::{Child, Command};

use crate::load::Requests;
use crate::variable;

/// The time within which a server must respond.
const START_LIMIT: Duration = Duration::from_secs(60);
pub const ADMIN_EMAIL: &str = "admin@example.com";
pub const ADMIN_PASSWORD: &str = "a password of the benchmark";

/// The program of a service, by default of the sample, and the settings of a process. Redis is in the inherited
/// variable `REDIS_URL`.
pub struct Sample {
    program: PathBuf,
    /// The beginning of the names of the settings.
    prefix: &'static str,
    settings: Vec<(&'static str, String)>,
}

/// A running server. Dropping the value kills it.
pub struct Server {
    pub address: SocketAddr,
    /// The address of the metrics. The baseline has none.
    metrics: Option<SocketAddr>,
    child: Child,
}

impl Sample {
    /// Describes a process of the server with its defaults. The variable `WRIT_BENCH_SERVER` is the path of the program.
    pub fn new() -> anyhow::Result<Sample> {
        Ok(Sample { program: variable("WRIT_BENCH_SERVER")?.into(), prefix: "WRIT_", settings: Vec::new() })
    }

    /// Describes a process of the museum with its defaults. The variable `WRIT_BENCH_MUSEUM` is the path of the program.
    pub fn museum() -> anyhow::Result<Sample> {
        Ok(Sample { program: variable("WRIT_BENCH_MUSEUM")?.into(), prefix: "MUSEUM_", settings: Vec::new() })
    }

    /// Adds a setting of the process.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Sample {
        self.settings.push((name, value.into()));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.settings.iter().map(|(name, value)| (*name, value))).stdin(Stdio::null());
        command
    }

    /// Starts the server. Its log goes to the file `log`.
    pub async fn start(&self, log: &str) -> anyhow::Result<Server> {
        self.start_at(free_address()?, log).await
    }

    /// Starts the server at an address, as [`Sample::start`] does.
    pub async fn start_at(&self, address: SocketAddr, log: &str) -> anyhow::Result<Server> {
        let metrics = free_address()?;
        let setting = |name: &str| format!("{}{name}", self.prefix);
        let mut command = self.command();
        command
            // The server writes its usual lines, among them one for each request.
            .env_remove(setting("LOG"))
            .env(setting("BIND"), address.to_string())
            .env(setting("METRICS_BIND"), metrics.to_string())
            .env(setting("TRUSTED_PROXIES"), "127.0.0.1/32")
            .env(setting("ACCESS_LIFETIME"), "2h")
            .env("ADMIN_EMAIL", ADMIN_EMAIL)
            .env("ADMIN_PASSWORD", ADMIN_PASSWORD)
            .stdout(File::create(log).with_context(|| format!("cannot write {log}"))?);
        Server::start(command, address, Some(metrics), "/readyz").await
    }

    /// Sets a policy of an operation for the time of the benchmark, as an operator would.
    pub async fn set(&self, operation: &str, policy: &str) -> anyhow::Result<()> {
        let arguments = ["policy", "set", operation, policy, "for", "2h", "reason", "benchmark"];
        let output = self.command().args(arguments).output().await?;
        let text = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cannot set {policy} for {operation}: {text}");
        Ok(())
    }

    /// Ends a policy of an operation.
    pub async fn clear(&self, operation: &str, kind: &str) -> anyhow::Result<()> {
        let output = self.command().args(["policy", "clear", operation, kind, "reason", "benchmark"]).output().await?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}

impl Server {
    /// Starts the baseline: this program again, with the argument `bare`.
    pub async fn bare(database: &str) -> anyhow::Result<Server> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", &address.to_string(), database]);
        Server::start(command, address, None, "/livez").await
    }

    async fn start(
        mut command: Command,
        address: SocketAddr,
        metrics: Option<SocketAddr>,
        path: &'static str,
    ) -> anyhow::Result<Server> {
        let child = command.kill_on_drop(true).spawn().context("cannot start a server")?;
        let mut server = Server { address, metrics, child };
        let probe = Requests::new(address, move |_, request| crate::get(request, path, ""));
        let ready = async {
            loop {
                match probe.first().await {
                    Ok(response) if response.status == 200 => return Ok(()),
                    _ => tokio::time::sleep(Duration::from_millis(50)).await,
                }
                if let Some(status) = server.child.try_wait()? {
                    bail!("a server stopped ({status})");
                }
            }
        };
        tokio::time::timeout(START_LIMIT, ready).await.context("a server did not become ready")??;
        Ok(server)
    }

    /// Returns the id of the process.
    pub fn id(&self) -> anyhow::Result<u32> {
        self.child.id().context("the server has stopped")
    }

    /// Returns the sum of the values of a metric of the server, with all labels.
    pub async fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let address = self.metrics.context("the server has no metrics")?;
        let response = Requests::new(address, |_, request| crate::get(request, "/metrics", "")).first().await?;
        let text = String::from_utf8_lossy(&response.body);
        let values = text.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{')));
        let values = values.map(|line| line.rsplit(' ').next().unwrap_or_default().parse::<f64>());
        let values = values.collect::<Result<Vec<f64>, _>>()?;
        ensure!(!values.is_empty(), "the metrics do not have {name}");
        Ok(values.iter().sum())
    }

    /// Prints the number of requests that the server has logged, and the number of log lines that it has dropped. Fails
    /// if it has dropped any. `title` names the server.
    pub async fn check_log(&self, title: &str) -> anyhow::Result<()> {
        let requests = self.metric("http_server_request_duration_seconds_count").await?;
        let dropped = self.metric("writ_log_lines_dropped_total").await?;
        println!("log of {title}: {requests} requests, {dropped} lines dropped");
        ensure!(dropped == 0.0, "{title} dropped {dropped} log lines");
        Ok(())
    }

    /// Returns the resident memory of the process in bytes.
    pub fn memory(&self) -> anyhow::Result<f64> {
        let id = self.id()?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: f64 = kilobytes.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024.0)
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
