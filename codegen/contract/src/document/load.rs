//! The loading of a contract in three passes: its files are read, checked and repaired.

use std::path::{Path, PathBuf};

use super::check::check;
use super::files::read_files;
use super::repair::repair;
use super::trees::Document;
use crate::diagnostic::Diagnostics;

/// The options of [`load`], which reads the files of a contract.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
///
/// // The files of the contract may be in `.` and its subfolders, not only in `examples`.
/// let options = LoadOptions { root: Some(".".into()), strict: true, ..LoadOptions::default() };
/// let mut diagnostics = Diagnostics::new();
/// assert!(load(Path::new("examples/pets.yaml"), &options, &mut diagnostics).is_some());
/// assert!(!diagnostics.has_errors());
/// ```
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The folder that the references of a contract must not leave; the folder of the entry file if `None`.
    pub root: Option<PathBuf>,
    /// True if lossless deviations from OpenAPI are errors instead of warnings (`--strict`).
    pub strict: bool,
    /// The files of overlays (Overlay Specification 1.0 and 1.1), which are applied to the entry file in this order.
    pub overlays: Vec<PathBuf>,
}

/// Loads a contract: reads the entry file and every file that a `$ref` reaches.
///
/// The structure of each file is checked against the grammar of OpenAPI. Mistakes with only one possible meaning,
/// such as an unquoted `null` in a list of types, are reported and repaired in the trees.
///
/// If the path of the entry file is `-`, it is read from standard input, and references start from the working
/// directory.
///
/// Problems are added to `diagnostics`. Returns `None` only if the entry file cannot be read as an OpenAPI
/// document at all; the files are then available from [`Diagnostics::sources`].
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, Version, load};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// assert!(!diagnostics.has_errors());
/// assert_eq!(document.version(), Version::V30);
/// # Ok::<(), &str>(())
/// ```
pub fn load(entry: &Path, options: &LoadOptions, diagnostics: &mut Diagnostics) -> Option<Document> {
    let mut document = read_files(entry, options.root.as_deref(), (&options.overlays, options.strict), diagnostics)?;
    let repairs = check(&document, options.strict, diagnostics);
    repair(&mut document, &repairs);
    diagnostics.set_sources(&document.sources);
    Some(document)
}
