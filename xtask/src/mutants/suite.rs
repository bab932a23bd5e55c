//! The compiled tests, and the mutants that each of them reaches.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;
use writ_tasks::process::{Kind, Session};

use super::tree::Tree;

/// The variable that names the mutant that is on.
const ON: &str = "WRIT_MUTANT";

/// The variable that names the file to which a test writes the mutants that it reaches.
const REACHED: &str = "WRIT_MUTANTS_REACHED";

/// The time that a test may take the first time. Tests of generated code compile it first.
const PATIENCE: Duration = Duration::from_secs(1800);

/// A compiled program that contains tests.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    /// The folder of the package, in which its tests run.
    folder: PathBuf,
    /// The name of the package.
    pub package: String,
    /// True if the program contains the tests within the library.
    pub is_library: bool,
}

/// A test.
#[derive(Debug, Clone)]
pub struct Test<'a> {
    /// The program that contains the test.
    pub program: &'a Program,
    /// The name of the test with its modules.
    pub name: String,
}

/// A test that passes while no mutant is on.
#[derive(Debug)]
pub struct Measured<'a> {
    /// The test.
    pub test: Test<'a>,
    /// The time that the test takes.
    pub time: Duration,
    /// The numbers of the mutants that the test reaches.
    pub reached: HashSet<usize>,
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

/// Compiles the tests of the packages. `selection` are arguments of `cargo test`. Returns the messages of the compiler
/// if the packages do not compile.
pub fn compile(session: &Session, tree: &Tree, selection: &[&str]) -> anyhow::Result<Result<Vec<Program>, Vec<Value>>> {
    let output = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let mut command = tree.cargo();
    command.args(["test", "--quiet", "--no-run", "--all-features", "--message-format", "json"]).args(selection);
    let status = session.run("cargo test", command.stdout(output.reopen()?))?;
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
    /// Returns the tests of the program.
    pub fn tests(&self, session: &Session) -> anyhow::Result<Vec<Test<'_>>> {
        let text = session.run_quietly("the tests", self.command().args(["--list", "--format", "terse"]))?;
        let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
        Ok(names.map(|name| Test { program: self, name: name.to_owned() }).collect())
    }

    /// Runs some tests of the program.
    pub fn run(
        &self,
        session: &Session,
        tests: &[&str],
        mutant: Option<usize>,
        variables: &[(String, String)],
        limit: Duration,
    ) -> anyhow::Result<Outcome> {
        let output = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
        let mut command = self.command();
        command.arg("--exact").args(tests).envs(variables.iter().cloned());
        command.envs(mutant.map(|number| (ON, number.to_string())));
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

impl<'a> Test<'a> {
    /// Runs the test without a mutant. Returns `None` if it fails.
    pub fn measure(&self, session: &Session, variables: &[(String, String)]) -> anyhow::Result<Option<Measured<'a>>> {
        let reached = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
        let mut variables = variables.to_vec();
        variables.push((REACHED.to_owned(), reached.path().display().to_string()));
        let since = Instant::now();
        let outcome = self.program.run(session, &[&self.name], None, &variables, PATIENCE)?;
        let numbers = fs::read_to_string(reached.path())?;
        Ok((outcome == Outcome::Passed).then(|| Measured {
            test: self.clone(),
            time: since.elapsed(),
            reached: numbers.lines().filter_map(|line| line.parse().ok()).collect(),
        }))
    }
}

/// Returns the names of the failed tests in the output of a test program.
fn failed(output: &str) -> Vec<String> {
    let lines = output.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let names: BTreeSet<_> = lines.map(|name| name.trim_end_matches(" - should panic").to_owned()).collect();
    names.into_iter().collect()
}
