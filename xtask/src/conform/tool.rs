//! schemathesis, installed below the target folder, and one run of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use writ_tasks::folder::Folder;
use writ_tasks::process::Session;
use writ_tasks::python;

use super::subject::Served;
use crate::cargo;

/// The folder of the settings of schemathesis and of the list of its packages.
const SETTINGS: &str = "xtask/conform";

/// An installation of schemathesis.
pub struct Tool {
    program: PathBuf,
}

/// The result of a run of schemathesis.
pub struct Report {
    /// True if no response differs from the contract.
    pub succeeded: bool,
    /// The number of requests and failures.
    pub summary: String,
    /// The complete output.
    pub text: String,
}

impl Tool {
    /// Installs schemathesis in a folder of its own, unless the folder has it already.
    pub fn install(session: &Session) -> anyhow::Result<Tool> {
        let requirements = settings("requirements.txt");
        let wanted = fs::read_to_string(&requirements).context("cannot read the list of packages")?;
        let program = python::install(session, &cargo::root().join("target/conform"), &wanted, "schemathesis")?;
        Ok(Tool { program })
    }

    /// Sends generated requests to a service.
    pub fn run(
        &self,
        session: &Session,
        folder: &Folder,
        served: &Served<'_>,
        examples: u32,
        seed: u64,
    ) -> anyhow::Result<Report> {
        let mut command = Command::new(&self.program);
        command
            // schemathesis keeps examples of earlier failures in the current folder; a run must not depend on them.
            .current_dir(folder.path())
            .env("SCHEMATHESIS_HOOKS", settings("hooks.py"))
            .arg("--config-file")
            .arg(settings("schemathesis.toml"))
            .arg("run")
            .arg(&served.contract)
            .args(["--url", &served.url, "--header", &served.credential, "--checks", "all", "--no-color"])
            .args(["--max-examples", &examples.to_string(), "--seed", &seed.to_string()])
            .args(["--continue-on-failure", "--generation-database", "none"])
            // Threads of one process disturb each other in the parser of Python 3.11 (python/cpython#106905).
            .args(["--workers", "1"]);
        let (status, text) = session.capture("schemathesis", &mut command)?;
        let summary = text.lines().map(str::trim).find(|line| line.contains(" generated,")).unwrap_or("no requests");
        Ok(Report { succeeded: status.success(), summary: summary.to_owned(), text: text.clone() })
    }
}

fn settings(name: &str) -> PathBuf {
    cargo::root().join(Path::new(SETTINGS)).join(name)
}
