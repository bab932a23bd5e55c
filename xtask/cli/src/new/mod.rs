//! The command `new`: creates a workspace with a server for a contract.
//!
//! The workspace has the contract, the crate generated from it, a server on `writ-platform` in which every operation
//! responds with 501, and its tasks. It is complete or absent: a failure leaves nothing behind.

mod contract;
mod dependencies;
mod files;
mod first_request;
mod folder;
mod interrupt;
mod names;
mod verifier;
mod view;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use toml::{Table, Value};
use writ_codegen::output::{self, Conflicts};
use writ_codegen::package::{Package, Runtime, Workspace, wrap};
use writ_codegen::settings;
use writ_contract::diagnostic::plural;

use self::contract::{Contract, FOLDER};
use self::dependencies::Dependencies;
pub use self::dependencies::Deps;
use self::folder::Unfinished;
use self::interrupt::Interrupt;
use self::names::Names;
use self::view::View;
use crate::codegen::Display;
use crate::terminal::step;

/// The arguments of `new`: the folder of the workspace, and what the service is made of.
#[derive(Debug, Clone, clap::Args)]
#[command(version, long_about = None)]
pub struct Args {
    /// The folder of the new workspace, which must not exist or be empty.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// The entry file of the contract [default: a small contract as an example].
    #[arg(long, value_name = "FILE")]
    pub contract: Option<PathBuf>,
    /// The folder that must contain every file that the contract refers to [default: the folder of the contract].
    #[arg(long, value_name = "DIR", requires = "contract")]
    pub root: Option<PathBuf>,
    /// The name of the service [default: the name of the folder].
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The stores of the service, separated by commas; without Redis, limits and cached responses are in memory.
    #[arg(long, value_name = "STORES", value_delimiter = ',')]
    pub with: Vec<Store>,
    /// The source of the crates of Writ [default: path in a checkout, otherwise version].
    #[arg(long, value_name = "SOURCE")]
    pub deps: Option<Deps>,
    /// Show every diagnostic in full; without it, repeated ones are counted.
    #[arg(long)]
    pub all: bool,
}

/// A store of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// A PostgreSQL database for the tables of the service.
    Postgres,
    /// Redis for limits and cached responses that all processes of the service share.
    Redis,
}

/// The stores of a service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stores {
    /// True if the service has a PostgreSQL database.
    pub postgres: bool,
    /// True if the service has a Redis.
    pub redis: bool,
}

/// Runs the command `new`.
///
/// # Errors
///
/// Returns an error if the folder is not empty, the contract has errors, or a file cannot be written. Nothing is created
/// then.
pub fn run(args: &Args) -> anyhow::Result<()> {
    folder::check(&args.path)?;
    let dependencies = Dependencies::new(args.deps, &args.path)?;
    let names = Names::of(args.name.as_deref(), &args.path, dependencies.lock().as_deref())?;
    let contract = read(args)?;
    let names = names.beside(contract.generated.services.iter().map(|service| &*service.name));
    let stores = Stores { postgres: args.with.contains(&Store::Postgres), redis: args.with.contains(&Store::Redis) };
    let view = View::new(names.clone(), &contract, stores, &dependencies)?;
    let own = files::render(&view)?;
    let mut files = dependencies.copy()?;
    files.extend(contract.files.iter().map(|(path, text)| (format!("{FOLDER}/{path}"), text.clone())));
    let (path, text) = settings_file(&contract, &names, &dependencies);
    files.insert(path, text);
    files.extend(dependencies.lock().map(|lock| ("Cargo.lock".to_owned(), lock)));

    let workspace = Unfinished::new(&args.path)?;
    workspace.write(&files)?;
    workspace.write(&own)?;
    let formatted = workspace.format(&own)?;
    write_generated(&workspace, &contract, &names, &dependencies, &args.path)?;
    workspace.finish()?;
    report(args, &view, &contract, formatted);
    Ok(())
}

/// Reads the contract of the command line, or the example.
fn read(args: &Args) -> anyhow::Result<Contract> {
    let display = Display { notes: false, all: args.all };
    if let Some(entry) = &args.contract {
        return Contract::read(entry, args.root.as_deref(), &args.path, display);
    }
    let interrupt = Interrupt::watch()?;
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let entry = folder.path().join("openapi.yaml");
    std::fs::write(&entry, files::example_contract()).context("cannot write a temporary file")?;
    let contract = Contract::read(&entry, None, &args.path, display)?;
    interrupt.check().map(|()| contract)
}

/// Returns the path and the text of the settings of `codegen` beside the contract.
fn settings_file(contract: &Contract, names: &Names, dependencies: &Dependencies) -> (String, String) {
    let entry = contract.path();
    let folder = Path::new(&entry).parent().unwrap_or(Path::new(FOLDER));
    let depth = folder.components().count();
    let up = "../".repeat(depth);
    let mut own = Table::from_iter([
        ("name".to_owned(), Value::from(names.api_package.as_str())),
        ("out".to_owned(), Value::from(format!("{up}generated"))),
        ("workspace".to_owned(), Value::from("member")),
        ("runtime".to_owned(), dependencies.runtime(depth)),
    ]);
    if depth > 1 {
        own.insert("root".to_owned(), Value::from("../".repeat(depth - 1).trim_end_matches('/')));
    }
    own.extend(contract.settings.clone());
    let text = format!("# The settings of `cargo xtask codegen`.\n{own}");
    (format!("{}/{}", folder.display(), settings::FILE), text)
}

/// Writes the generated crate.
fn write_generated(
    workspace: &Unfinished,
    contract: &Contract,
    names: &Names,
    dependencies: &Dependencies,
    out: &Path,
) -> anyhow::Result<()> {
    let generated = &contract.generated;
    let mut package = Package::new(&names.api_package, &generated.title, &generated.features, &generated.parts)?;
    package.workspace = Workspace::Member;
    package.dependencies.clone_from(&contract.dependencies);
    package.runtime = match dependencies.runtime_path(out) {
        Some(path) => Runtime::Path(path).seen_from(&out.join("generated")),
        None => Runtime::Version(env!("CARGO_PKG_VERSION").to_owned()),
    };
    let files = generated.output.clone().unwrap_or_default();
    let whole = wrap(&package, files).context("the runtime's manifest cannot be read")?;
    output::write(&workspace.folder().join("generated"), &whole, Conflicts::Refuse)?;
    Ok(())
}

/// Prints the result, and the next commands.
fn report(args: &Args, view: &View, contract: &Contract, formatted: bool) {
    let operations = plural(contract.generated.operations.len(), "operation");
    let files = plural(view.services().len(), "file");
    let path = args.path.display();
    step("Created", format_args!("{path}: {operations} in {files} of server/src/services/, each responds with 501"));
    if !formatted {
        step("Hint", "`rustfmt` is not installed: run `cargo fmt` later");
    }
    step("Next", format_args!("cd {path}, then `cargo xtask dev` or `cargo xtask test`"));
}
