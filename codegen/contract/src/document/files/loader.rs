//! The reading of a contract's files: finds the file that a reference names, and reads each file once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::paths::{display_path, missing, normalized, real_path};
use crate::diagnostic::Diagnostics;
use crate::document::parse::{empty_tree, read_file};
use crate::document::reference::RefError;
use crate::document::trees::Document;
use crate::source::FileId;

/// A contract whose files are still being read: the document so far, and the state of the reading.
pub(super) struct Loader<'l> {
    /// The document with those files of the contract that were read so far.
    pub document: Document,
    diagnostics: &'l mut Diagnostics,
    /// True if lossless deviations of a file from its format are errors instead of warnings.
    strict: bool,
    /// The folder that the references of a contract must not leave, with symbolic links resolved.
    root: PathBuf,
    /// The files of the contract that were read so far, by real path, so that a file with two paths is read once.
    by_path: HashMap<PathBuf, FileId>,
}

impl<'l> Loader<'l> {
    /// Creates the loader of a contract whose entry file is read; references must not leave `folder`.
    pub(super) fn new(
        document: Document,
        entry: &Path,
        (folder, strict): (&Path, bool),
        diagnostics: &'l mut Diagnostics,
    ) -> Loader<'l> {
        let by_path = HashMap::from([(real_path(entry), document.root)]);
        Loader { document, diagnostics, strict, root: real_path(folder), by_path }
    }

    /// Reads the file at a path in a reference, unless it was read before, and records which file the path leads to.
    pub(super) fn link(&mut self, from: FileId, path: &str) {
        let key = (from, path.to_owned());
        if path.is_empty() || self.document.links.contains_key(&key) {
            return;
        }
        let target = self.find(from, path);
        self.document.links.insert(key, target);
    }

    fn find(&mut self, from: FileId, path: &str) -> Result<FileId, RefError> {
        let near = self.document.sources.path(from).parent().unwrap_or(Path::new(""));
        let target = near.join(path);
        // This check comes before any access, so that a file outside the folder is not even probed for existence.
        if !normalized(&real_path(near), Path::new(path)).starts_with(&self.root) {
            return Err(RefError::Outside);
        }
        if !target.is_file() {
            return Err(RefError::File(missing(&target)));
        }
        let real = real_path(&target);
        if !real.starts_with(&self.root) {
            return Err(RefError::Outside);
        }
        if let Some(file) = self.by_path.get(&real) {
            return Ok(*file);
        }
        let near = self.document.sources.display_path(from);
        let folder = near.rsplit_once('/').map_or("", |(folder, _)| folder);
        let display = display_path(&normalized(Path::new(folder), Path::new(path)), None);
        let (file, tree) = read_file(display, &target, self.strict, &mut self.document.sources, self.diagnostics);
        self.by_path.insert(real, file);
        if tree.is_none() {
            self.document.unreadable.insert(file);
        }
        self.document.add_tree(file, tree.unwrap_or_else(|| empty_tree(file)));
        Ok(file)
    }
}
