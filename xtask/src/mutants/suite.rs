//! The compiled tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;
use writ_tasks::process::{Kind, Session};

use super::tree::Tree;

/// The variable that lists the mutants that are on.
const ON: &str = "WRIT_MUTANTS_ON";

/// The variable that names the file to which a test writes the mutants that it reaches.
pub const REACHED: &str = "WRIT_MUTANTS_REACHED";

/// The largest number of tests that run together. A test that reaches a mutant runs with all others of its batch.
const MAX_BATCH: usize = 8;

/// A compiled program that contains tests.
#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    /// The path of the program.
    pub path: PathBuf,
    /// The folder of the package, in which its tests run.
    folder: PathBuf,
    /// The name of the package.
    pub package: String,
    /// True if the program contains the tests within the library.
    pub is_library: bool,
}

/// The result of some tests.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All tests passed.
    Passed,
    /// The named tests failed. No test is named if the program ended before it could.
    Failed(Vec<String>),
    /// The tests did not end in time.
    Hung,
}

/// Compiles with the arguments `selection` of cargo, and returns the compiled tests, or the messages of the compiler
/// if it fails.
pub fn compile(session: &Session, tree: &Tree, selection: &[&str]) -> anyhow::Result<Result<Vec<Program>, Vec<Value>>> {
    let output = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let mut command = tree.cargo();
    command.args(selection).args(["--quiet", "--all-features", "--message-format", "json"]);
    let status = session.run("cargo", command.stdout(output.reopen()?))?;
    let text = fs::read_to_string(output.path())?;
    let messages = text.lines().filter_map(|line| serde_json::from_str(line).ok());
    Ok(match status.success() {
        true => Ok(messages.filter_map(|message| program(&message)).collect()),
        false => Err(messages.collect()),
    })
}

fn program(message: &Value) -> Option<Program> {
    message["profile"]["test"].as_bool().filter(|is_test| *is_test)?;
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).ok()?.parse().ok()?;
    Some(Program {
        path: message["executable"].as_str()?.into(),
        folder,
        package: manifest.get("package")?.get("name")?.as_str()?.to_owned(),
        is_library: message["target"]["kind"][0] == "lib",
    })
}

impl Program {
    /// Returns the names of the tests in batches, which run together.
    pub fn batches(&self, session: &Session) -> anyhow::Result<Vec<Vec<String>>> {
        let text = session.run_quietly("the tests", self.command().args(["--list", "--format", "terse"]))?;
        let names: Vec<_> = text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect();
        Ok(batches(&names))
    }

    /// Runs some tests of the program while mutants are on.
    pub fn run(
        &self,
        session: &Session,
        tests: &[String],
        mutants: &[usize],
        variables: &[(String, String)],
        limit: Duration,
    ) -> anyhow::Result<Outcome> {
        let output = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
        let mut command = self.command();
        command.arg("--exact").args(tests).envs(variables.iter().cloned());
        command.env(ON, mutants.iter().map(usize::to_string).collect::<Vec<_>>().join(","));
        command.stdout(output.reopen()?).stderr(output.reopen()?);
        let since = Instant::now();
        let mut process = session.start("the tests", Kind::Group, &mut command)?;
        let status = loop {
            if let Some(status) = process.ended()? {
                break status;
            }
            if since.elapsed() > limit {
                process.target().kill();
                return Ok(Outcome::Hung);
            }
            session.pause()?;
        };
        if status.success() {
            return Ok(Outcome::Passed);
        }
        Ok(Outcome::Failed(failed(&String::from_utf8_lossy(&fs::read(output.path())?))))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        writ_tasks::cargo::clear_run_environment(&mut command);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder).env_remove(ON).env_remove(REACHED);
        command
    }
}

/// Divides the sorted names of tests into batches of one module.
fn batches(names: &[String]) -> Vec<Vec<String>> {
    let module = |name: &String| name.rsplit_once("::").map(|(module, _)| module.to_owned());
    let modules = names.chunk_by(|one, next| module(one) == module(next));
    modules.flat_map(|tests| tests.chunks(MAX_BATCH)).map(<[String]>::to_vec).collect()
}

/// Returns the names of the failed tests in the output of a test program.
fn failed(output: &str) -> Vec<String> {
    let lines = output.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let names: BTreeSet<_> = lines.map(|name| name.trim_end_matches(" - should panic").to_owned()).collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_a_limited_number_of_tests_of_one_module() {
        let names = |module: &str, count: usize| (0..count).map(|n| format!("{module}::{n}")).collect::<Vec<_>>();
        let all = [names("a", 2), names("a::b", MAX_BATCH + 1), vec!["c".to_owned()]].concat();
        let sizes: Vec<_> = batches(&all).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, MAX_BATCH, 1, 1]);
        assert_eq!(batches(&all).concat(), all);
    }

    #[test]
    fn the_names_of_failed_tests_are_read_from_the_output() {
        let output = "test a::b ... FAILED\ntest a::c ... ok\ntest a::d - should panic ... FAILED\n";
        assert_eq!(failed(output), ["a::b", "a::d"]);
    }
}
