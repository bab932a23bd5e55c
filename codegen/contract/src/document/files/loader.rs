//! The reading of a contract's files: finds the file that a reference names, and reads each file once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::base::{ENDINGS, local_path, self_uri};
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
    /// The files of the contract that declare a URI (`$self`), by that URI.
    by_uri: HashMap<String, FileId>,
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
        let by_uri = self_uri(document.root_node()).map(|uri| (uri.to_owned(), document.root)).into_iter().collect();
        Loader { document, diagnostics, strict, root: real_path(folder), by_path, by_uri }
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

    /// Returns the file that a reference names, by the URI of the file, or else by its path.
    fn find(&mut self, from: FileId, reference: &str) -> Result<FileId, RefError> {
        if let Some(file) = self.by_uri.get(reference) {
            return Ok(*file);
        }
        let base = self_uri(self.document.file_node(from));
        let path = local_path(base, reference).ok_or(RefError::Remote)?;
        if path.is_empty() {
            return Ok(from);
        }
        // The URI of a document needs no file name ending.
        let endings = if base.is_some() { &ENDINGS[..] } else { &ENDINGS[..1] };
        let all = endings.iter().map(|ending| format!("{path}{ending}"));
        let exists = |path: &String| self.path_within(from, path).is_ok_and(|target| target.is_file());
        let path = all.into_iter().find(exists).unwrap_or(path);
        self.read(from, &path)
    }

    /// Returns the path of a file for access to the disk, unless it is outside the folder of the contract.
    fn path_within(&self, from: FileId, path: &str) -> Result<PathBuf, RefError> {
        let near = self.document.sources.path(from).parent().unwrap_or(Path::new(""));
        // This check comes before any access, so that a file outside the folder is not even probed for existence.
        match normalized(&real_path(near), Path::new(path)).starts_with(&self.root) {
            true => Ok(near.join(path)),
            false => Err(RefError::Outside),
        }
    }

    fn read(&mut self, from: FileId, path: &str) -> Result<FileId, RefError> {
        let target = self.path_within(from, path)?;
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
        if let Some(uri) = self_uri(self.document.file_node(file)) {
            self.by_uri.entry(uri.to_owned()).or_insert(file);
        }
        Ok(file)
    }
}
