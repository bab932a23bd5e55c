//! Crates that are compiled to be measured: a workspace for each generator, so that what its crates
//! stand on is compiled beforehand and each compilation is that of one crate alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, bail};
use serde::Deserialize;
use toml::{Table, Value};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::output::{self, Conflicts};
use writ_codegen::package::{Package, Runtime, Workspace, embedded_runtime, wrap};
use writ_codegen::render::Layout;
use writ_contract::diagnostic::render;

use super::measure::{self, Cost};
use super::{Bench, clear, work_folder};
use crate::cargo;

/// The crates of one generator.
pub struct Crates {
    folder: PathBuf,
    names: Vec<String>,
}

/// An operation, as the peer lists it.
#[derive(Deserialize)]
struct Listed {
    operation_id: Option<String>,
    method: String,
    path: String,
}

impl Crates {
    /// What Writ generates from each contract, with one runtime for all.
    pub fn ours(contracts: &[PathBuf]) -> anyhow::Result<Crates> {
        let mut crates = Crates::open("ours")?;
        let runtime = embedded_runtime().context("the runtime's manifest cannot be read")?;
        output::write(&crates.folder.join("writ-runtime"), &runtime, Conflicts::Overwrite)?;
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
            let name = name_of(contract);
            let mut package = Package::new(&name, &generated.title, &generated.features, &generated.parts)?;
            package.workspace = Workspace::Member;
            package.runtime = Runtime::Path("../writ-runtime".into());
            let mut whole = wrap(&package, output).context("the runtime's manifest cannot be read")?;
            let manifest = whole.files.remove("Cargo.toml").unwrap_or_default();
            let manifest: Table = toml::from_str(&manifest).context("our own manifest cannot be read")?;
            output::write(&crates.folder.join(&name), &whole, Conflicts::Overwrite)?;
            crates.add(&name, &manifest)?;
        }
        let members = crates.members(&["writ-runtime"]);
        crates.finish(Table::from_iter([("resolver".to_owned(), Value::from("3")), ("members".to_owned(), members)]))
    }

    /// What openapi-to-rust generates from each contract: a server with every operation, and validation.
    pub fn of_peer(bench: &Bench, program: &Path, contracts: &[PathBuf]) -> anyhow::Result<Crates> {
        let mut crates = Crates::open("peer")?;
        for contract in contracts {
            let name = name_of(contract);
            let folder = crates.folder.join(&name);
            fs::create_dir_all(folder.join("src"))?;
            let ask = |arguments: &[&str]| {
                let mut command = Command::new(program);
                bench.session.run_quietly("openapi-to-rust", command.args(arguments).current_dir(&folder))
            };
            let spec = contract.to_string_lossy();
            ask(&["init", &spec, "--types-only", "--force", "--quiet"])?;
            let listed = Command::new(program).args(["server", "list", "--json"]).current_dir(&folder).output()?;
            let listed: Vec<Listed> =
                serde_json::from_slice(&listed.stdout).context("openapi-to-rust lists no operations")?;
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
            ask(&["generate", "--config", "openapi-to-rust.toml", "--quiet"])?;
            fs::write(folder.join("src/lib.rs"), "pub mod generated;\n")?;
            let needed = fs::read_to_string(folder.join("src/generated/REQUIRED_DEPS.toml"))?;
            let mut manifest: Table = toml::from_str(&needed).context("REQUIRED_DEPS.toml cannot be read")?;
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

    /// Compiles what a crate stands on; to be called before [`Crates::cost`].
    pub fn warm_up(&self, bench: &Bench, contract: &Path, how: &[&str]) -> anyhow::Result<()> {
        let mut command = self.cargo(how, &format!("{}-needs", name_of(contract)));
        bench.session.run_quietly("cargo", &mut command).map(drop)
    }

    /// What compiling the crate of a contract costs.
    pub fn cost(&self, bench: &Bench, contract: &Path, how: &[&str]) -> anyhow::Result<Cost> {
        let name = name_of(contract);
        // Compiled anew, though nothing changed.
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

    /// Writes the manifest of a crate, and a second crate of the same needs with nothing in it.
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
        let whole = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
        fs::write(self.folder.join("Cargo.toml"), whole.to_string())?;
        fs::copy(cargo::root().join("Cargo.lock"), self.folder.join("Cargo.lock"))
            .context("cannot copy the lock file")?;
        Ok(self)
    }

    fn cargo(&self, how: &[&str], package: &str) -> Command {
        let mut command = cargo::command();
        command.args(how).args(["--quiet", "--package", package]).current_dir(&self.folder);
        // Whole crates are compared, not what is left of one after a change.
        command.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", self.folder.with_extension("target"));
        command
    }
}

/// The crate's name: that of the contract's file.
fn name_of(contract: &Path) -> String {
    let stem = contract.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}
