//! A generated crate of its own: manifest, contract, and the runtime beside it from the copy that is
//! part of this program, so that it builds anywhere.

use std::fmt;

use include_dir::{Dir, DirEntry, include_dir};
use toml::{Table, Value};

use crate::options::Part;
use crate::output::{HEADER, MANIFEST_HEADER, Output};

/// The sources of the runtime.
static RUNTIME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/runtime/src");

/// The manifest of the runtime, whose dependencies are those of the workspace.
const RUNTIME_MANIFEST: &str = include_str!("../runtime/Cargo.toml");

/// The manifest of the workspace, which holds the versions.
const WORKSPACE_MANIFEST: &str = include_str!("../../Cargo.toml");

/// What a standalone crate is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// Its name, legal for cargo.
    pub name: String,
    /// `info.title` of the contract.
    pub description: String,
    /// The features of the runtime that its code needs.
    pub features: Vec<&'static str>,
    /// The parts that stand behind features of its own.
    pub parts: Vec<Part>,
    /// Further crates that it depends on, for types of the user's own.
    pub dependencies: Vec<(String, Value)>,
}

/// A name that cargo would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName(String);

impl Package {
    /// A package of that name.
    ///
    /// # Errors
    /// If cargo would not take the name.
    pub fn new(name: &str, description: &str, features: &[&'static str], parts: &[Part]) -> Result<Package, BadName> {
        if !is_legal(name) {
            return Err(BadName(name.to_owned()));
        }
        Ok(Package {
            name: name.to_owned(),
            description: description.to_owned(),
            features: features.to_vec(),
            parts: parts.to_vec(),
            dependencies: Vec::new(),
        })
    }
}

/// Whether cargo takes a name for a crate, and no crate of ours has it.
pub fn is_legal(name: &str) -> bool {
    let legal = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let reserved = ["writ-runtime", "writ_runtime", "test", "core", "std", "alloc", "proc-macro", "proc_macro"];
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(legal)
        && !reserved.contains(&name)
}

/// Adds what makes a crate of the files of a contract.
///
/// # Errors
/// If the manifests that are part of this program cannot be read, which would be a fault of ours.
pub fn wrap(package: &Package, mut contract: Output) -> Result<Output, toml::de::Error> {
    let runtime: Table = toml::from_str(RUNTIME_MANIFEST)?;
    let workspace: Table = toml::from_str(WORKSPACE_MANIFEST)?;
    contract.files.insert("Cargo.toml".to_owned(), manifest(package, &runtime, &workspace));
    contract.files.insert("writ-runtime/Cargo.toml".to_owned(), runtime_manifest(&runtime));
    add(&RUNTIME, &mut contract);
    Ok(contract)
}

fn add(folder: &Dir<'_>, output: &mut Output) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => add(inner, output),
            DirEntry::File(file) => {
                let path = file.path().to_string_lossy().replace('\\', "/");
                let Some(text) = file.contents_utf8() else { continue };
                output.files.insert(format!("writ-runtime/src/{path}"), format!("{HEADER}\n{text}"));
            }
        }
    }
}

/// The manifest of the crate, which is a workspace of its own with the runtime in it.
fn manifest(package: &Package, runtime: &Table, workspace: &Table) -> String {
    let shared = table(workspace, "workspace");
    let own = Table::from_iter([
        ("name".to_owned(), Value::from(package.name.as_str())),
        ("version".to_owned(), Value::from("0.1.0")),
        ("description".to_owned(), Value::from(package.description.as_str())),
        ("edition".to_owned(), Value::from("2024")),
        ("publish".to_owned(), Value::from(false)),
    ]);
    let versions = table(&shared, "dependencies");
    let used = table(runtime, "dependencies");
    let versions: Table = versions.into_iter().filter(|(name, _)| used.contains_key(name)).collect();
    let members = Table::from_iter([
        ("resolver".to_owned(), Value::from("3")),
        ("members".to_owned(), Value::from(vec!["writ-runtime"])),
        ("package".to_owned(), Value::Table(table(&shared, "package"))),
        ("lints".to_owned(), Value::Table(table(&shared, "lints"))),
        ("dependencies".to_owned(), Value::Table(versions)),
    ]);
    let mut dependency = Table::from_iter([("path".to_owned(), Value::from("writ-runtime"))]);
    if !package.features.is_empty() {
        dependency.insert("features".to_owned(), Value::from(package.features.clone()));
    }
    let mut dependencies = Table::from_iter([("writ-runtime".to_owned(), Value::Table(dependency))]);
    dependencies.extend(package.dependencies.clone());
    let mut manifest = Table::from_iter([
        ("package".to_owned(), Value::Table(own)),
        ("lib".to_owned(), Value::Table(Table::from_iter([("doctest".to_owned(), Value::from(false))]))),
        ("dependencies".to_owned(), Value::Table(dependencies)),
        ("workspace".to_owned(), Value::Table(members)),
    ]);
    if !package.parts.is_empty() {
        let features = package.parts.iter().map(|part| (part.name().to_owned(), Value::from(part.turns_on().to_vec())));
        manifest.insert("features".to_owned(), Value::Table(features.collect()));
    }
    format!("{MANIFEST_HEADER}\n{manifest}")
}

/// The runtime's own manifest without what only its tests need.
fn runtime_manifest(runtime: &Table) -> String {
    let mut manifest = runtime.clone();
    manifest.remove("dev-dependencies");
    manifest.remove("test");
    format!("{MANIFEST_HEADER}\n{manifest}")
}

fn table(parent: &Table, name: &str) -> Table {
    parent.get(name).and_then(Value::as_table).cloned().unwrap_or_default()
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot name a crate: use letters, digits, `-` and `_`, a letter first", self.0)
    }
}

impl std::error::Error for BadName {}
