//! The first pass of loading: reads the entry file and every file that references reach from it.
//!
//! [`read_files`] produces a [`Document`] of unchecked trees. Only problems that prevent reading are reported
//! here; the `check` pass reports the others.

mod base;
mod entry;
mod loader;
mod overlays;
mod paths;
mod references;

use std::path::{Path, PathBuf};

use super::overlay::Traces;
use super::parse::{read_file, read_stdin};
use super::trees::Document;
use crate::diagnostic::Diagnostics;
use crate::source::Sources;
use entry::version;
use loader::Loader;
use overlays::Overlays;

pub use paths::display_path;

/// The path `-`, by which a user passes the entry file of a contract on standard input.
pub const STDIN: &str = "-";

/// Reads the entry file of a contract and every file that its references reach.
///
/// The files `overlays` are applied to the tree of the entry file, before its version is read and references are
/// followed.
///
/// References must not leave the folder `root`, which defaults to the folder of the entry file. Files that cannot
/// be read are reported to `diagnostics`; nothing else is checked.
///
/// Returns `None` only if the entry file cannot be read as an OpenAPI document at all.
pub(super) fn read_files(
    entry: &Path,
    root: Option<&Path>,
    (overlays, strict): (&[PathBuf], bool),
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    let mut sources = Sources::default();
    let (file, tree) = match entry == Path::new(STDIN) {
        true => read_stdin(entry, strict, &mut sources, diagnostics),
        false => read_file(display_path(entry, root), entry, strict, &mut sources, diagnostics),
    };
    let overlays = Overlays { entry, root, files: overlays, strict };
    let (tree, traces) = match tree {
        Some(tree) => {
            let (tree, traces) = overlays.apply(tree, &mut sources, diagnostics);
            (Some(tree), traces)
        }
        None => (None, Traces::default()),
    };
    let version = tree.as_ref().and_then(|tree| version(tree, strict, diagnostics));
    let (Some(tree), Some(version)) = (tree, version) else {
        diagnostics.set_sources(&sources);
        return None;
    };
    let folder = root.or_else(|| entry.parent()).unwrap_or(Path::new(""));
    let mut document = Document::new(sources, file, version);
    document.add_entry(tree, traces);
    let mut loader = Loader::new(document, entry, (folder, strict), diagnostics);
    references::follow(&mut loader);
    Some(loader.document)
}
