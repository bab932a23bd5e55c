//! The contract of a new workspace: its code, and the files that it consists of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use toml::{Table, Value};
use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::render::Layout;
use writ_codegen::settings::{self, Settings};
use writ_contract::diagnostic::{Diagnostics, plural};
use writ_contract::document::{LOCK, REMOTE_FOLDER};
use writ_contract::source::Sources;

use crate::codegen::{Display, show};

/// The folder of the contract in a new workspace.
pub const FOLDER: &str = "spec";

/// The settings that describe the location of a generated crate. A new workspace sets its own.
const OWN_SETTINGS: [&str; 5] = ["name", "out", "root", "runtime", "workspace"];

/// A contract for a new workspace.
pub struct Contract {
    /// The code that is generated from the contract, and its summary.
    pub generated: Generated,
    /// The path of the entry file below the folder `spec`.
    pub entry: String,
    /// The text of the contract's files, by their paths below the folder `spec`.
    pub files: BTreeMap<String, String>,
    /// The settings beside the contract, without those of the location of the crate.
    pub settings: Table,
    /// The crates that the settings list for custom types.
    pub dependencies: Vec<(String, Value)>,
}

impl Contract {
    /// Reads a contract and generates its code in memory. All diagnostics are printed, as `codegen` prints them.
    ///
    /// # Errors
    ///
    /// Returns an error if the contract has errors, no operation, or files outside of `root`.
    pub fn read(entry: &Path, root: Option<&Path>, out: &Path, display: Display) -> anyhow::Result<Contract> {
        let mut found = Diagnostics::new();
        let settings = Settings::beside(entry, None, &mut found);
        let mut problems = show(&found, display);
        let root = root.map(Path::to_owned).or_else(|| settings.root.clone());
        let request = Request {
            entry: entry.to_owned(),
            root: root.clone(),
            strict: settings.strict.unwrap_or_default(),
            layout: Layout::Crate,
            options: settings.options.clone(),
        };
        let generated = generate(&request);
        problems += show(&generated.diagnostics, display);
        if problems > 0 || generated.output.is_none() {
            bail!("{} in {}; nothing is created", plural(problems, "problem"), entry.display());
        }
        if generated.operations.is_empty() {
            bail!("{} declares no operation: a service needs at least one", entry.display());
        }
        let root = root.or_else(|| entry.parent().map(Path::to_owned)).unwrap_or_default();
        let (entry_path, files) = files(generated.diagnostics.sources(), entry, &root)?;
        Ok(Contract {
            entry: entry_path,
            files,
            settings: table(entry)?,
            dependencies: settings.dependencies(&out.join("generated")),
            generated,
        })
    }
}

impl Contract {
    /// Returns the path of the entry file in a new workspace.
    pub fn path(&self) -> String {
        format!("{FOLDER}/{}", self.entry)
    }

    /// Returns true if the contract contains copies of remote documents.
    pub fn is_remote(&self) -> bool {
        self.files.keys().any(|path| path.ends_with(&format!("{REMOTE_FOLDER}/{LOCK}")))
    }
}

/// Returns the path of the entry file, and the text of every file of the contract, by paths relative to `root`.
///
/// A contract of one file is called `openapi`, whatever its name was. Several files keep their names, by which they refer to
/// each other.
fn files(sources: &Sources, entry: &Path, root: &Path) -> anyhow::Result<(String, BTreeMap<String, String>)> {
    let absolute = |path: &Path| path.canonicalize().with_context(|| format!("cannot read `{}`", path.display()));
    let (root, entry) = (absolute(if root.as_os_str().is_empty() { Path::new(".") } else { root })?, absolute(entry)?);
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for file in sources.ids() {
        files.insert(absolute(sources.path(file))?, sources.text(file).to_owned());
    }
    if let Some(folder) = entry.parent() {
        let lock = folder.join(REMOTE_FOLDER).join(LOCK);
        if let Ok(text) = std::fs::read_to_string(&lock) {
            files.insert(lock, text);
        }
    }
    if files.len() == 1
        && let Some(text) = files.remove(&entry)
    {
        let end = if entry.extension().is_some_and(|end| end == "json") { "json" } else { "yaml" };
        let name = format!("openapi.{end}");
        return Ok((name.clone(), BTreeMap::from([(name, text)])));
    }
    let below = |path: &Path| {
        let below = path.strip_prefix(&root);
        let below = below.with_context(|| format!("{} is not in {}: pass `--root`", path.display(), root.display()))?;
        anyhow::Ok(below.to_string_lossy().replace('\\', "/"))
    };
    let entry = below(&entry)?;
    let files = files.into_iter().map(|(path, text)| Ok((below(&path)?, text)));
    Ok((entry, files.collect::<anyhow::Result<_>>()?))
}

/// Returns the settings beside a contract, without those of the location of the crate.
fn table(entry: &Path) -> anyhow::Result<Table> {
    let Some(path) = settings::beside(entry) else { return Ok(Table::new()) };
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut table: Table = text.parse().with_context(|| format!("cannot read `{}`", path.display()))?;
    OWN_SETTINGS.iter().for_each(|own| drop(table.remove(*own)));
    Ok(table)
}
