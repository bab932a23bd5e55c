//! The options with which the files of a contract are read.

use std::path::PathBuf;

/// The options of [`load`](super::load()), which reads the files of a contract.
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
    /// The folder with the copies of remote documents; the folder `remote` beside the entry file if `None`.
    pub remote: Option<PathBuf>,
}
