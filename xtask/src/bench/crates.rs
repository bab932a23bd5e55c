//! The generated crates whose compilation is measured, in one workspace for each generator. The dependencies of a
//! crate are compiled beforehand, so that a measurement covers this crate alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, bail};
use serde::Deserialize;
use toml::{Table, Value};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::output::{self, Conflicts, Output};
use writ_codegen::package::{Package, Runtime, Workspace, embedded_runtime, wrap};
use writ_codegen::render::Layout;
use writ_contract::diagnostic::render;

use super::measure::{self, Cost};
use super::{Bench, clear, work_folder};
use crate::cargo;
use crate::codegen::Library;

/// The crates that one generator has generated for the benchmark, in one workspace.
pub struct Crates {
    folder: PathBuf,
    names: Vec<String>,
}

/// An operation in the list that openapi-to-rust prints for a contract.
#[derive(Deserialize)]
struct Listed {
    operation_id: Option<String>,
    method: String,
    path: String,
}

impl Crates {
    /// Generates a crate from each contract with Writ. All crates share one copy of the runtime.
    pub fn ours(contracts: &[PathBuf]) -> anyhow::Result<Crates> {
        let mut crates = Crates::open("ours")?;
        for contract in contracts {
            let request = Request {
                entry: contract.clone(),
                root: None,
                strict: false,
                layout: Layout::Crate,
                options: Options::default(),
            };
            let generated = generate(&request);
            let Some(output) = generated.output.filter(|_| generated.diagnostics.counts().errors == 0) else {
                bail!("{}", render(&generated.diagnostics, generated.diagnostics.sources(), false));
            };
            crates.add_generated(
                &Package::new(&name_of(contract), &generated.title, &generated.features, &generated.parts)?,
                output,
            )?;
        }
        crates.finish_generated()
    }

    /// Writes a crate for each generated library. All crates share one copy of the runtime.
    pub fn of_libraries(libraries: Vec<(&str, Library)>) -> anyhow::Result<Crates> {
        let mut crates = Crates::open("versions")?;
        for (name, library) in libraries {
            let features: Vec<_> = library.features.into_iter().collect();
            let parts: Vec<_> = library.parts.into_iter().collect();
            crates.add_generated(
                &Package::new(name, "The contracts of a benchmark", &features, &parts)?,
                library.output,
            )?;
        }
        crates.finish_generated()
    }

    /// Writes a generated crate, which uses the shared copy of the runtime.
    fn add_generated(&mut self, package: &Package, output: Output) -> anyhow::Result<()> {
        let (workspace, runtime) = (Workspace::Member, Runtime::Path("../writ-runtime".into()));
        let package = Package { workspace, runtime, ..package.clone() };
        let mut files = wrap(&package, output).context("the runtime's manifest cannot be read")?;
        let manifest = files.files.remove("Cargo.toml").unwrap_or_default();
        let manifest: Table = toml::from_str(&manifest).context("the generated manifest cannot be read")?;
        output::write(&self.folder.join(&package.name), &files, Conflicts::Overwrite)?;
        self.add(&package.name, &manifest)
    }

    /// Writes the runtime, and the manifest of the workspace.
    fn finish_generated(self) -> anyhow::Result<Crates> {
        let runtime = embedded_runtime().context("the runtime's manifest cannot be read")?;
        output::write(&self.folder.join("writ-runtime"), &runtime, Conflicts::Overwrite)?;
        let members = self.members(&["writ-runtime"]);
        self.finish(Table::from_iter([("resolver".to_owned(), Value::from("3")), ("members".to_owned(), members)]))
    }

    /// Generates a crate from each contract with openapi-to-rust: a server with every operation, and validation.
    pub fn by_peer(bench: &Bench, program: &Path, contracts: &[PathBuf]) -> anyhow::Result<Crates> {
        let mut crates = Crates::open("peer")?;
        for contract in contracts {
            let name = name_of(contract);
            let folder = crates.folder.join(&name);
            fs::create_dir_all(folder.join("src"))?;
            let peer = |arguments: &[&str]| {
                let mut command = Command::new(program);
                bench.session.run_quietly("openapi-to-rust", command.args(arguments).current_dir(&folder))
            };
            let spec = contract.to_string_lossy();
            peer(&["init", &spec, "--types-only", "--force", "--quiet"])?;
            let listed = Command::new(program).args(["server", "list", "--json"]).current_dir(&folder).output()?;
            let listed: Vec<Listed> =
                serde_json::from_slice(&listed.stdout).context("openapi-to-rust did not list its operations")?;
            let selected: Vec<String> = listed
                .into_iter()
                .map(|operation| operation.operation_id.unwrap_or(format!("{} {}", operation.method, operation.path)))
                .collect();
            let config = folder.join("openapi-to-rust.toml");
            let server = Table::from_iter([
                ("framework".to_owned(), Value::from("axum")),
                ("operations".to_owned(), Value::from(selected)),
            ]);
            let text = format!("{}\n[server]\n{server}", fs::read_to_string(&config)?);
            fs::write(&config, text)?;
            peer(&["generate", "--config", "openapi-to-rust.toml", "--quiet"])?;
            fs::write(folder.join("src/lib.rs"), "pub mod generated;\n")?;
            let needed = fs::read_to_string(folder.join("src/generated/REQUIRED_DEPS.toml"))?;
            let mut manifest: Table =
                toml::from_str(&needed).context("the REQUIRED_DEPS.toml of openapi-to-rust cannot be read")?;
            let package = Table::from_iter([
                ("version".to_owned(), Value::from("0.1.0")),
                ("edition".to_owned(), Value::from("2024")),
            ]);
            manifest.insert("package".to_owned(), Value::Table(package));
            crates.add(&name, &manifest)?;
        }
        let shared =
            Table::from_iter([("resolver".to_owned(), Value::from("3")), ("members".to_owned(), crates.members(&[]))]);
        crates.finish(shared)
    }

    /// Compiles the dependencies of a contract's crate, so that [`Crates::cost`] measures only the crate itself.
    pub fn warm_up(&self, bench: &Bench, contract: &Path, how: &[&str]) -> anyhow::Result<()> {
        let mut command = self.cargo(how, &format!("{}-needs", name_of(contract)));
        bench.session.run_quietly("cargo", &mut command).map(drop)
    }

    /// Measures the cost of compiling the crate of a contract with the cargo command `how`.
    pub fn cost(&self, bench: &Bench, contract: &Path, how: &[&str]) -> anyhow::Result<Cost> {
        let name = name_of(contract);
        // Cargo compiles the crate again since its root file is newer than the last build.
        let root = fs::File::options().append(true).open(self.folder.join(&name).join("src/lib.rs"))?;
        root.set_modified(SystemTime::now())?;
        measure::cost(&bench.session, "cargo", self.cargo(how, &name).arg("--offline"))
    }

    fn open(name: &str) -> anyhow::Result<Crates> {
        let folder = work_folder("compile").join(name);
        clear(&folder)?;
        fs::create_dir_all(&folder)?;
        Ok(Crates { folder, names: Vec::new() })
    }

    /// Writes the manifest of a generated crate, and a second, empty crate with the same dependencies.
    fn add(&mut self, name: &str, manifest: &Table) -> anyhow::Result<()> {
        let needs = format!("{name}-needs");
        for name in [name, &needs] {
            let mut manifest = manifest.clone();
            if let Some(Value::Table(package)) = manifest.get_mut("package") {
                package.insert("name".to_owned(), Value::from(name));
            }
            fs::create_dir_all(self.folder.join(name).join("src"))?;
            fs::write(self.folder.join(name).join("Cargo.toml"), manifest.to_string())?;
            self.names.push(name.to_owned());
        }
        fs::write(self.folder.join(&needs).join("src/lib.rs"), "")?;
        Ok(())
    }

    fn members(&self, others: &[&str]) -> Value {
        Value::from(self.names.iter().map(String::as_str).chain(others.iter().copied()).collect::<Vec<_>>())
    }

    fn finish(self, workspace: Table) -> anyhow::Result<Crates> {
        let manifest = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
        fs::write(self.folder.join("Cargo.toml"), manifest.to_string())?;
        fs::copy(cargo::root().join("Cargo.lock"), self.folder.join("Cargo.lock"))
            .context("cannot copy the lock file")?;
        Ok(self)
    }

    fn cargo(&self, how: &[&str], package: &str) -> Command {
        let mut command = cargo::command();
        command.args(how).args(["--quiet", "--package", package]).current_dir(&self.folder);
        // The benchmark compares complete builds, not builds after a change.
        command.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", self.folder.with_extension("target"));
        command
    }
}

/// Returns the name of a contract's crate, which is the name of the contract's file.
fn name_of(contract: &Path) -> String {
    let stem = contract.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}
