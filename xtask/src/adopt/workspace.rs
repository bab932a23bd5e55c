//! The workspace of a created service, in which cargo runs and one operation is implemented.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use cargo_writ::new;
use clap::ValueEnum;
use tempfile::TempDir;
use writ_tasks::process::Session;

use super::service::Service;
use crate::cargo;

/// The file with the tests of every new service, below its workspace.
const TESTS: &str = "server/tests/operations.rs";

/// The statement of a method that is not implemented.
const STUB: &str = "Err(NotWritten.into())";

/// The tests that are added to those of a new service. `@SERVICE`, `@ID` and `@QUERY` stand for the type of the service and
/// for the operation that is implemented.
const ADDED: &str = include_str!("../../adopt/tests.rs.in");

/// The workspace of a created service.
pub struct Workspace {
    folder: PathBuf,
    target: PathBuf,
    /// The place of a workspace that must not need the checkout.
    _elsewhere: Option<TempDir>,
}

impl Workspace {
    /// Creates the workspace of a service. All workspaces share a target folder, so that their dependencies are compiled
    /// once, unless `cold` is true. A workspace with a copy of the crates is created outside of the checkout.
    pub fn create(service: &Service, contract: Option<PathBuf>, cold: bool) -> anyhow::Result<Workspace> {
        let base = cargo::root().join("target/adopt");
        let deps = new::Deps::from_str(&service.deps, false).map_err(anyhow::Error::msg)?;
        let elsewhere = (deps == new::Deps::Embedded).then(tempfile::tempdir).transpose()?;
        let folder = elsewhere.as_ref().map_or(base.as_path(), TempDir::path).join(&service.name);
        let target = base.join(if cold { "cold" } else { "target" });
        for old in [Some(&folder), cold.then_some(&target)].into_iter().flatten().filter(|old| old.exists()) {
            fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
        let with = service.with.iter().map(|store| new::Store::from_str(store, false).map_err(anyhow::Error::msg));
        new::run(&new::Args {
            path: folder.clone(),
            contract,
            root: None,
            name: None,
            with: with.collect::<anyhow::Result<_>>()?,
            deps: Some(deps),
            all: false,
        })?;
        Ok(Workspace { folder, target, _elsewhere: elsewhere })
    }

    /// Returns a command that runs cargo in the workspace.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = writ_tasks::cargo::command(&self.folder);
        command.args(arguments).env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "0");
        command
    }

    /// Runs cargo in the workspace. If it fails, the error contains its output.
    pub fn cargo(&self, session: &Session, arguments: &[&str]) -> anyhow::Result<String> {
        session.run_quietly(&format!("cargo {}", arguments.join(" ")), &mut self.command(arguments))
    }

    /// Runs one of the tests of the service, and returns its output.
    pub fn test(&self, session: &Session, name: &str) -> anyhow::Result<String> {
        let printed = self.cargo(session, &["xtask", "test", "--test", "operations", name, "--", "--nocapture"])?;
        if !printed.contains("1 passed") {
            bail!("the test `{name}` did not run:\n{printed}");
        }
        Ok(printed)
    }

    /// Adds the tests of the operations that are implemented and of those that are not.
    pub fn add_tests(&self, service: &Service) -> anyhow::Result<()> {
        let path = self.folder.join(TESTS);
        let mut text = read(&path)?;
        let secured = text.contains("fn secret(");
        let server = text.split_once("-> TestServer<").and_then(|(_, rest)| rest.split('>').next());
        let added = ADDED
            .replace("@SERVICE", server.context("the tests start no server")?)
            .replace("@ID", &format!("{:?}", service.operation))
            .replace("@QUERY", &format!("{:?}", service.query));
        let added = match text.contains("::BASE_PATH;") {
            true => {
                added.replace("OperationRequest::to(operation)", "OperationRequest::to(operation).below(BASE_PATH)")
            }
            false => added,
        };
        let added = match secured {
            true => added,
            false => without(&added, "// With security:", "// End."),
        };
        text.push_str(&added);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Replaces the stub of one operation by its implementation.
    pub fn implement(&self, service: &Service) -> anyhow::Result<()> {
        let folder = self.folder.join("server/src/services");
        let signature = format!("async fn {}(", service.method);
        for file in fs::read_dir(&folder)?.flatten() {
            let text = read(&file.path())?;
            let Some((before, rest)) = text.split_once(&signature) else { continue };
            let (parameters, body) =
                rest.split_once(STUB).with_context(|| format!("`{}` has no stub", service.method))?;
            let used = service.code.contains("request");
            let parameters = if used { parameters.replace("_request: ", "request: ") } else { parameters.to_owned() };
            let written = format!("{before}{signature}{parameters}{}{body}", service.code.trim());
            return fs::write(file.path(), written).context("cannot write the implementation");
        }
        bail!("no service has the method `{}`", service.method)
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Returns a text without the part from one line to another, each with the given content.
fn without(text: &str, from: &str, to: &str) -> String {
    let Some((before, rest)) = text.split_once(from) else { return text.to_owned() };
    let after = rest.split_once(to).map_or("", |(_, after)| after);
    format!("{before}{after}")
}
