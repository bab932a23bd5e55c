//! Loading a contract, in three passes: its files are read, checked, and repaired.

use std::path::{Path, PathBuf};

use super::check::check;
use super::files::read_files;
use super::repair::repair;
use super::trees::Document;
use crate::diagnostic::Diagnostics;

/// The options of loading.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The folder that no reference may leave; the folder of the entry where it is not given.
    pub root: Option<PathBuf>,
    /// True if every unknown field is an error, not only a misspelt one.
    pub strict: bool,
}

/// Reads the entry of a contract and every file that a `$ref` reaches, checks their structure against the
/// grammar of OpenAPI, and puts right what is written wrong and clear all the same.
///
/// The entry `-` is read from standard input; its references start from the working directory.
///
/// Every problem goes to `diagnostics`. `None` only if the entry cannot be read as an OpenAPI
/// document at all; its sources are then in [`Diagnostics::sources`].
pub fn load(entry: &Path, options: &LoadOptions, diagnostics: &mut Diagnostics) -> Option<Document> {
    let mut document = read_files(entry, options.root.as_deref(), diagnostics)?;
    let repairs = check(&document, options.strict, diagnostics);
    repair(&mut document, &repairs);
    diagnostics.set_sources(&document.sources);
    Some(document)
}
