//! The crates of Writ on which a new workspace depends: in a checkout, in a copy, or in the registry.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use toml::{Table, Value};

/// The folder of a copy of the crates in a new workspace.
pub const COPY: &str = "writ";

/// The crates on which a new workspace depends, directly or not, by their folders in a checkout.
const CRATES: [(&str, &str); 8] = [
    ("cargo-writ", "xtask/cli"),
    ("writ-codegen", "codegen"),
    ("writ-contract", "codegen/contract"),
    ("writ-gateway", "codegen/gateway"),
    ("writ-platform", "server/platform"),
    ("writ-runtime", "codegen/runtime"),
    ("writ-tasks", "xtask/tasks"),
    ("writ-templates", "templates"),
];

/// The folders of a crate that its copy omits, since building the crate needs none of them.
const OMITTED: [&str; 4] = ["benches", "examples", "target", "tests"];

/// The source of the crates of Writ in a new workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deps {
    /// The crates in the checkout of Writ that contains this command.
    Path,
    /// A copy of the crates in the new workspace, which then needs nothing else of Writ.
    Embedded,
    /// The published crates, by their version.
    Version,
}

/// The crates of Writ, as the manifests of a new workspace refer to them.
pub struct Dependencies {
    deps: Deps,
    /// The root of the checkout that contains this command.
    checkout: Option<PathBuf>,
    /// The folder that contains the crates, from the root of the new workspace or absolute.
    folder: String,
}

impl Dependencies {
    /// Chooses the source of the crates for a new workspace in the folder `out`.
    ///
    /// # Errors
    ///
    /// Returns an error if the source needs a checkout and this command is not in one.
    pub fn new(deps: Option<Deps>, out: &Path) -> anyhow::Result<Dependencies> {
        let checkout = checkout();
        let deps = deps.unwrap_or(if checkout.is_some() { Deps::Path } else { Deps::Version });
        if checkout.is_none() && deps != Deps::Version {
            bail!("`--deps path` and `--deps embedded` need a checkout of Writ: run `cargo xtask new` there");
        }
        let folder = match (deps, &checkout) {
            (Deps::Path, Some(checkout)) => reference(checkout, out),
            _ => COPY.to_owned(),
        };
        Ok(Dependencies { deps, checkout, folder })
    }

    /// Returns the value of a dependency on one of the crates, as text of a `Cargo.toml`.
    pub fn of(&self, name: &str) -> String {
        match (self.deps, CRATES.iter().find(|(known, _)| *known == name)) {
            (Deps::Path | Deps::Embedded, Some((_, path))) => {
                Table::from_iter([("path".to_owned(), Value::from(format!("{}/{path}", self.folder)))]).inline()
            }
            _ => Table::from_iter([("version".to_owned(), Value::from(env!("CARGO_PKG_VERSION")))]).inline(),
        }
    }

    /// Returns the runtime as a setting of `codegen.toml` in a folder at this depth below the root of the workspace.
    pub fn runtime(&self, depth: usize) -> Value {
        let folder = match self.folder.starts_with('/') {
            true => self.folder.clone(),
            false => format!("{}{}", "../".repeat(depth), self.folder),
        };
        Value::Table(match self.deps {
            Deps::Path | Deps::Embedded => {
                Table::from_iter([("path".to_owned(), Value::from(format!("{folder}/codegen/runtime")))])
            }
            Deps::Version => Table::from_iter([("version".to_owned(), Value::from(env!("CARGO_PKG_VERSION")))]),
        })
    }

    /// Returns the path of the runtime in a new workspace, for the manifest of the generated crate.
    pub fn runtime_path(&self, out: &Path) -> Option<PathBuf> {
        (self.deps != Deps::Version).then(|| out.join(&self.folder).join("codegen/runtime"))
    }

    /// Returns the folder of the checkout if the workspace refers to it by an absolute path, which another machine may not
    /// have.
    pub fn absolute_checkout(&self) -> Option<&str> {
        (self.deps == Deps::Path && self.folder.starts_with('/')).then_some(&self.folder)
    }

    /// Returns true if the workspace contains a copy of the crates.
    pub fn is_embedded(&self) -> bool {
        self.deps == Deps::Embedded
    }

    /// Returns the lock file of the checkout, with whose versions the crates are tested.
    pub fn lock(&self) -> Option<String> {
        let checkout = self.checkout.as_ref().filter(|_| self.deps != Deps::Version)?;
        fs::read_to_string(checkout.join("Cargo.lock")).ok()
    }

    /// Returns the files of the copy of the crates, by their paths in the new workspace; none without a copy.
    pub fn copy(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let mut files = BTreeMap::new();
        let Some(checkout) = self.checkout.as_ref().filter(|_| self.is_embedded()) else { return Ok(files) };
        for (_, folder) in CRATES {
            let (from, to) = (checkout.join(folder), format!("{COPY}/{folder}"));
            for entry in entries(&from)?.iter().filter(|entry| !OMITTED.contains(&entry.as_str())) {
                copy(&from.join(entry), &format!("{to}/{entry}"), &mut files)?;
            }
            files.insert(format!("{to}/Cargo.toml"), crate_manifest(&from.join("Cargo.toml"))?);
        }
        for file in ["LICENSE-APACHE", "LICENSE-MIT", ".rustfmt.toml"] {
            files.insert(format!("{COPY}/{file}"), read(&checkout.join(file))?);
        }
        files.insert(format!("{COPY}/Cargo.toml"), manifest(&checkout.join("Cargo.toml"))?);
        Ok(files)
    }
}

/// The text of a TOML table on one line.
trait Inline {
    fn inline(self) -> String;
}

impl Inline for Table {
    fn inline(self) -> String {
        Value::Table(self).to_string()
    }
}

/// Returns the root of the checkout that contains this command, or `None` if it was built from a package.
fn checkout() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    CRATES.iter().all(|(_, folder)| root.join(folder).join("Cargo.toml").is_file()).then(|| root.to_owned())
}

/// Returns the path of the checkout in the manifests of a workspace in `out`: relative if both are in one folder or the
/// workspace is in the checkout, since they are then moved together.
fn reference(checkout: &Path, out: &Path) -> String {
    let out = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    if let Ok(below) = out.strip_prefix(checkout) {
        return vec![".."; below.components().count()].join("/");
    }
    match (checkout.parent() == out.parent(), checkout.file_name()) {
        (true, Some(name)) => format!("../{}", name.to_string_lossy()),
        _ => checkout.to_string_lossy().into_owned(),
    }
}

/// Reads a text file of a crate, or all files of a folder, into `files`. Crates in subfolders are not included.
fn copy(from: &Path, to: &str, files: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    if !from.is_dir() {
        files.insert(to.to_owned(), read(from)?);
    } else if !from.join("Cargo.toml").is_file() {
        for entry in entries(from)? {
            copy(&from.join(&entry), &format!("{to}/{entry}"), files)?;
        }
    }
    Ok(())
}

/// Returns the names of the entries of a folder.
fn entries(folder: &Path) -> anyhow::Result<Vec<String>> {
    let context = || format!("cannot read `{}`", folder.display());
    let names = fs::read_dir(folder).with_context(context)?.map(|entry| entry.map(|entry| entry.file_name()));
    names.map(|name| Ok(name.with_context(context)?.to_string_lossy().into_owned())).collect()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// Returns the manifest of the copy of a crate. It has no dependencies of tests, which can be crates that are not copied.
fn crate_manifest(path: &Path) -> anyhow::Result<String> {
    let mut manifest: Table = read(path)?.parse().with_context(|| format!("cannot read `{}`", path.display()))?;
    manifest.remove("dev-dependencies");
    manifest.remove("bench");
    Ok(manifest.to_string())
}

/// Returns the manifest of the copy: that of the checkout, with the copied crates as its only members.
fn manifest(path: &Path) -> anyhow::Result<String> {
    let mut manifest: Table = read(path)?.parse().with_context(|| format!("cannot read `{}`", path.display()))?;
    manifest.remove("profile");
    let workspace = manifest.get_mut("workspace").and_then(Value::as_table_mut).context("no workspace")?;
    workspace.insert("members".to_owned(), CRATES.map(|(_, folder)| Value::from(folder)).to_vec().into());
    if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
        dependencies
            .retain(|name, value| value.get("path").is_none() || CRATES.iter().any(|(known, _)| *known == name));
    }
    Ok(manifest.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_beside_or_in_the_checkout_refers_to_it_by_a_relative_path() {
        let checkout = Path::new("/home/me/writ");
        assert_eq!(reference(checkout, Path::new("/home/me/museum")), "../writ");
        assert_eq!(reference(checkout, Path::new("/home/me/writ/server/examples/museum")), "../../..");
        assert_eq!(reference(checkout, Path::new("/tmp/museum")), "/home/me/writ");
    }
}
