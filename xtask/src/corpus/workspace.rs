//! A cargo workspace in which every contract of the corpus is a crate. The runtime and its dependencies are
//! compiled once, so that the measured time of a contract is the time of its crate alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, bail};
use toml::{Table, Value};
use writ_codegen::output::{self, Conflicts, HEADER, Output, TOML_HEADER};

use crate::cargo;
use writ_tasks::terminal::step;

/// The name of the empty crate that makes cargo compile the runtime in advance.
const WARM_UP: &str = "warm-up";

/// The additional dependencies of a crate that sends requests to its router.
const REQUESTS: &str = "tokio = { workspace = true, features = [\"macros\", \"rt\"] }\ntower = { workspace = true }\n";

/// The cargo workspace of the corpus's generated crates, with a separate target folder.
pub struct Workspace {
    folder: PathBuf,
    target: PathBuf,
    /// The sets of runtime features with which the runtime is already compiled.
    warm: BTreeSet<Vec<&'static str>>,
}

/// The result of compiling the generated crate of one contract.
#[derive(Default)]
pub struct Checked {
    /// True if the contract's crate compiled without a warning.
    pub compiles: bool,
    /// The duration of `cargo check` for the crate; `None` if cargo compiled other crates in the same call.
    pub took: Option<Duration>,
    /// The warnings and errors that the compiler reported for the crate.
    pub messages: String,
    /// The path of the program that was built from the crate; `None` for a library.
    pub program: Option<PathBuf>,
}

/// A generated crate that one call of cargo compiles together with others.
pub struct Member<'a> {
    /// The name of the generated crate, which is also its folder in the workspace.
    pub name: &'a str,
    /// The generated files of the crate without the manifest.
    pub files: &'a Output,
    /// The features of the runtime that the generated crate needs.
    pub features: &'a [&'static str],
}

impl Workspace {
    /// Writes the workspace of the corpus with a crate without code for each member.
    pub fn open(members: &[String]) -> anyhow::Result<Workspace> {
        let base = cargo::root().join("target/corpus");
        let workspace =
            Workspace { folder: base.join("workspace"), target: base.join("target"), warm: BTreeSet::new() };
        let mut output = Output::default();
        output.files.insert("Cargo.toml".to_owned(), workspace_manifest(members)?);
        output::write(&workspace.folder, &output, Conflicts::Overwrite)?;
        for member in members.iter().map(String::as_str).chain([WARM_UP]) {
            let mut placeholder = Output::default();
            placeholder.files.insert("src/lib.rs".to_owned(), format!("{HEADER}\n//! Not generated yet.\n"));
            workspace.write(member, placeholder, manifest(member, &[]))?;
        }
        std::fs::copy(cargo::root().join("Cargo.lock"), workspace.folder.join("Cargo.lock"))
            .context("cannot copy the lock file")?;
        Ok(workspace)
    }

    /// Writes the files of a generated crate. They replace files that an interrupted run left.
    fn write(&self, member: &str, mut files: Output, manifest: String) -> anyhow::Result<()> {
        files.files.insert("Cargo.toml".to_owned(), manifest);
        output::write(&self.folder.join(member), &files, Conflicts::Overwrite)?;
        Ok(())
    }

    /// Writes the generated crate of a contract, and compiles it alone with `cargo check`.
    pub fn check(&mut self, member: &str, contract: &Output, features: &[&'static str]) -> anyhow::Result<Checked> {
        self.warm_up(features)?;
        let folder = self.folder.join(member);
        self.write(member, contract.clone(), manifest(member, features))?;
        // Cargo checks the crate again even if nothing changed, since the duration is measured.
        let root = std::fs::File::options().append(true).open(folder.join("src/lib.rs"))?;
        root.set_modified(SystemTime::now())?;
        drop(root);
        self.cargo_check(member)
    }

    /// Compiles the runtime and its dependencies with `features`, unless an earlier call compiled them.
    fn warm_up(&mut self, features: &[&'static str]) -> anyhow::Result<()> {
        if !self.warm.insert(features.to_vec()) {
            return Ok(());
        }
        let with = if features.is_empty() { String::new() } else { format!(" with {}", features.join(" and ")) };
        step("Compiling", format_args!("the runtime{with}"));
        std::fs::write(self.folder.join(WARM_UP).join("Cargo.toml"), manifest(WARM_UP, features))?;
        let checked = self.cargo_check(WARM_UP)?;
        if !checked.compiles {
            bail!("the runtime does not compile:\n{}", checked.messages);
        }
        Ok(())
    }

    fn cargo_check(&self, member: &str) -> anyhow::Result<Checked> {
        let begun = Instant::now();
        let (mut compiles, mut messages) = self.run(member, &["--offline"])?;
        if !compiles && messages.contains("--offline") {
            (compiles, messages) = self.run(member, &[])?;
        }
        Ok(Checked { compiles, took: Some(begun.elapsed()), messages, program: None })
    }

    fn run(&self, member: &str, offline: &[&str]) -> anyhow::Result<(bool, String)> {
        let mut command = self.cargo();
        command.args(["check", "--quiet", "--package", member]).args(offline);
        let finished = command.output().context("cannot run cargo")?;
        Ok((finished.status.success(), String::from_utf8_lossy(&finished.stderr).into_owned()))
    }

    fn cargo(&self) -> Command {
        let mut command = cargo::command();
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target).env("RUSTFLAGS", "-Dwarnings");
        command
    }

    /// Compiles many generated crates with `cargo check`. Crates that need the same features of the runtime share
    /// a call of cargo.
    pub fn check_together(&self, members: &[Member]) -> anyhow::Result<BTreeMap<String, Checked>> {
        self.together("check", "", members)
    }

    /// Builds the programs of many generated crates, which send requests to their routers.
    pub fn build_together(&self, members: &[Member]) -> anyhow::Result<BTreeMap<String, Checked>> {
        self.together("build", REQUESTS, members)
    }

    fn together(
        &self,
        verb: &str,
        dependencies: &str,
        members: &[Member],
    ) -> anyhow::Result<BTreeMap<String, Checked>> {
        let mut groups: BTreeMap<&[&str], Vec<&str>> = BTreeMap::new();
        for member in members {
            groups.entry(member.features).or_default().push(member.name);
            let manifest = manifest(member.name, member.features) + dependencies;
            self.write(member.name, member.files.clone(), manifest)?;
        }
        let mut all = BTreeMap::new();
        for (features, names) in groups {
            let with = if features.is_empty() { "no features".to_owned() } else { features.join(" and ") };
            step("Compiling", format_args!("{} crates on the runtime with {with} ({verb})", names.len()));
            let run = |offline: &[&str]| {
                let mut command = self.cargo();
                command.args([verb, "--keep-going", "--message-format=json"]).args(offline);
                command.args(names.iter().flat_map(|name| ["--package", name]));
                command.output().context("cannot run cargo")
            };
            let mut finished = run(&["--offline"])?;
            if !finished.status.success() && String::from_utf8_lossy(&finished.stderr).contains("--offline") {
                finished = run(&[])?;
            }
            let mut checked = messages(&String::from_utf8_lossy(&finished.stdout), &names);
            if !finished.status.success() && checked.values().all(|one| one.compiles) {
                bail!("cargo failed:\n{}", String::from_utf8_lossy(&finished.stderr));
            }
            for silent in checked.values_mut().filter(|one| !one.compiles && one.messages.is_empty()) {
                silent.messages = String::from_utf8_lossy(&finished.stderr).into_owned();
            }
            all.extend(checked);
        }
        Ok(all)
    }
}

/// Collects the messages of cargo's JSON output by crate, for the crates in `names`.
fn messages(stdout: &str, names: &[&str]) -> BTreeMap<String, Checked> {
    let mut all: BTreeMap<String, Checked> =
        names.iter().map(|name| ((*name).to_owned(), Checked::default())).collect();
    for line in stdout.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let text = |pointer: &str| message.pointer(pointer).and_then(serde_json::Value::as_str);
        let package = text("/package_id").unwrap_or_default();
        let folder = package.split('#').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let Some(checked) = all.get_mut(folder) else { continue };
        if let Some(rendered) = text("/message/rendered") {
            checked.messages.push_str(rendered);
        } else if text("/reason") == Some("compiler-artifact") {
            checked.compiles = true;
            checked.program = text("/executable").map(PathBuf::from).or(checked.program.take());
        }
    }
    all.values_mut().for_each(|checked| checked.compiles &= checked.messages.is_empty());
    all
}

/// Returns the manifest of the corpus's workspace, with the dependency versions and lints of this repository.
fn workspace_manifest(members: &[String]) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(cargo::root().join("Cargo.toml")).context("cannot read Cargo.toml")?;
    let own: Table = toml::from_str(&text).context("cannot read Cargo.toml")?;
    let mut workspace = own.get("workspace").and_then(Value::as_table).cloned().unwrap_or_default();
    let members: Vec<&str> = members.iter().map(String::as_str).chain([WARM_UP]).collect();
    workspace.insert("members".to_owned(), Value::from(members));
    if let Some(Value::Table(versions)) = workspace.get_mut("dependencies") {
        versions.retain(|_, version| version.get("path").is_none());
    }
    let manifest = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
    Ok(format!("{TOML_HEADER}\n{manifest}\n[profile.dev]\ndebug = false\nincremental = false\n"))
}

/// Returns the manifest of a generated crate in the corpus's workspace.
fn manifest(name: &str, features: &[&str]) -> String {
    let runtime = cargo::root().join("codegen/runtime");
    let package =
        format!("[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\npublish = false\n");
    let runtime = format!("writ-runtime = {{ path = {runtime:?}, features = {features:?} }}\n");
    format!("{TOML_HEADER}\n{package}\n[lints]\nworkspace = true\n\n[dependencies]\n{runtime}")
}
