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

use std::collections::BTreeMap;
use std::path::Path;

use super::options::LoadOptions;
use super::overlay::Traces;
use super::parse::{STDIN, read_file, read_stdin};
use super::remote::RemoteDocuments;
use super::trees::Document;
use crate::diagnostic::Diagnostics;
use crate::source::{Sources, Span};
use entry::version;
use loader::Loader;
use overlays::Overlays;

pub use paths::display_path;

/// Reads the entry file of a contract and every file that its references reach.
///
/// The overlays of the options are applied to the tree of the entry file, before its version is read and references are
/// followed.
///
/// References must not leave the folder `root` of the options, which defaults to the folder of the entry file. Files that
/// cannot be read are reported to `diagnostics`; nothing else is checked.
///
/// Returns `None` only if the entry file cannot be read as an OpenAPI document at all.
pub(super) fn read_files(entry: &Path, options: &LoadOptions, diagnostics: &mut Diagnostics) -> Option<Document> {
    loaded(entry, options, None, diagnostics).map(|loader| loader.document)
}

/// Returns the absolute URL of every remote document that a contract refers to, directly or through one of the copies in
/// `remote`, each with the span of the first reference.
///
/// Files that cannot be read are reported to `diagnostics`; nothing else is checked. Returns `None` if the entry file
/// cannot be read as an OpenAPI document.
pub fn remote_references(
    entry: &Path,
    options: &LoadOptions,
    remote: RemoteDocuments,
    diagnostics: &mut Diagnostics,
) -> Option<BTreeMap<String, Span>> {
    let loader = loaded(entry, options, Some(remote), diagnostics)?;
    let (document, requested) = (loader.document, loader.requested);
    diagnostics.set_sources(&document.sources);
    Some(requested)
}

fn loaded<'l>(
    entry: &Path,
    options: &LoadOptions,
    remote: Option<RemoteDocuments>,
    diagnostics: &'l mut Diagnostics,
) -> Option<Loader<'l>> {
    let mut sources = Sources::default();
    let (root, strict) = (options.root.as_deref(), options.strict);
    let (file, tree) = match entry == Path::new(STDIN) {
        true => read_stdin(entry, strict, &mut sources, diagnostics),
        false => read_file(display_path(entry, root), entry, strict, &mut sources, diagnostics),
    };
    let overlays = Overlays { entry, root, files: &options.overlays, strict };
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
    let mut document = Document::new(sources, file, version);
    document.add_entry(tree, traces);
    let mut loader = Loader::new(document, entry, options, remote, diagnostics);
    references::follow(&mut loader);
    Some(loader)
}
