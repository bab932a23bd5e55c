//! The reading of a contract's files: finds the file that a reference names, and reads each file once.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::base::{ENDINGS, local_path, self_uri};
use super::paths::{display_path, missing, normalized, real_path};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::node::Node;
use crate::document::options::LoadOptions;
use crate::document::parse::{empty_tree, read_file, read_string};
use crate::document::reference::{RefError, decode};
use crate::document::remote::{
    Address, LOCK, REMOTE_FOLDER, RemoteDocuments, RemoteError, address, is_remote, resolve_url,
};
use crate::document::trees::Document;
use crate::source::{FileId, Span};

/// A contract whose files are still being read: the document so far, and the state of the reading.
pub(super) struct Loader<'l> {
    /// The document with those files of the contract that were read so far.
    pub document: Document,
    /// The absolute URLs of the remote documents that references name, each with the first such reference.
    pub requested: BTreeMap<String, Span>,
    diagnostics: &'l mut Diagnostics,
    /// True if lossless deviations of a file from its format are errors instead of warnings.
    strict: bool,
    /// The folder that the references of a contract must not leave, with symbolic links resolved.
    root: PathBuf,
    /// The folder with the copies of remote documents, and its path for diagnostics.
    remote_folder: (PathBuf, String),
    /// The copies of remote documents, which are read at the first reference to one.
    remote: Option<RemoteDocuments>,
    /// The files of the contract that were read so far, by real path, so that a file with two paths is read once.
    by_path: HashMap<PathBuf, FileId>,
    /// The files of the contract that declare an absolute URI (`$self`), by that URI.
    by_uri: HashMap<String, FileId>,
    /// The copies of remote documents that were read so far, by the URL after redirects.
    by_url: HashMap<String, FileId>,
}

impl<'l> Loader<'l> {
    /// Creates the loader of a contract whose entry file is read. Copies of remote documents are taken from `remote`, or
    /// from their folder if `remote` is `None`.
    pub(super) fn new(
        document: Document,
        entry: &Path,
        options: &LoadOptions,
        remote: Option<RemoteDocuments>,
        diagnostics: &'l mut Diagnostics,
    ) -> Loader<'l> {
        let folder = entry.parent().unwrap_or(Path::new(""));
        let root = options.root.as_deref();
        let remote_folder = options.remote.clone().unwrap_or_else(|| folder.join(REMOTE_FOLDER));
        let entry_file = document.root;
        let mut loader = Loader {
            requested: BTreeMap::new(),
            strict: options.strict,
            root: real_path(root.unwrap_or(folder)),
            remote_folder: (remote_folder.clone(), display_path(&remote_folder, root)),
            remote,
            by_path: HashMap::from([(real_path(entry), entry_file)]),
            by_uri: HashMap::new(),
            by_url: HashMap::new(),
            document,
            diagnostics,
        };
        loader.register(entry_file);
        loader
    }

    /// Reads the document that a reference at `span` names, unless it was read before, and records which file it is.
    pub(super) fn link(&mut self, span: Span, reference: &str) {
        let from = self.document.base(span.file);
        let key = (from, reference.to_owned());
        if reference.is_empty() || self.document.links.contains_key(&key) {
            return;
        }
        let target = self.find(from, reference, span);
        self.document.links.insert(key, target);
    }

    /// Links the references to remote documents whose URI a file declares that was read after the reference. Returns
    /// true if there is one.
    pub(super) fn relink(&mut self) -> bool {
        let mut relinked = false;
        for ((_, reference), target) in &mut self.document.links {
            let uri = match target {
                Err(RefError::Remote(RemoteError::Unfetched(url))) => url,
                Err(RefError::Remote(RemoteError::Foreign)) => reference,
                _ => continue,
            };
            if let Some(file) = self.by_uri.get(uri) {
                self.requested.remove(uri);
                *target = Ok(*file);
                relinked = true;
            }
        }
        relinked
    }

    /// Returns the file that a reference names: the file that declares its URI, the file at its path, or else the copy of
    /// a remote document.
    fn find(&mut self, from: FileId, reference: &str, span: Span) -> Result<FileId, RefError> {
        let base = self.base_uri(from);
        let url = base.as_deref().and_then(|base| resolve_url(None, base));
        let address = address(url.as_deref(), reference);
        let uri = if let Address::Url(url) = &address { url } else { reference };
        if let Some(file) = self.by_uri.get(uri) {
            return Ok(*file);
        }
        // A remote document must not reach the files beside its copy.
        let is_copy = self.document.sources.url(from).is_some();
        let path = if is_copy { None } else { local_path(base.as_deref(), reference) };
        let path = path.map(|path| self.with_ending(from, decode(&path), base.is_some()));
        match (path, address) {
            (Some(path), _) if path.is_empty() => Ok(from),
            (Some(path), Address::Url(url)) if !self.exists(from, &path) => match self.find_remote(url, span) {
                Err(RefError::Remote(RemoteError::Unfetched(_))) if !is_remote(reference) => self.read(from, &path),
                found => found,
            },
            (Some(path), _) => self.read(from, &path),
            (None, Address::Url(url)) => self.find_remote(url, span),
            (None, Address::Path) => self.read(from, &decode(reference)),
            (None, Address::Foreign) => Err(RefError::Remote(RemoteError::Foreign)),
        }
    }

    /// Returns the URI against which the references of a file are resolved: that which the file declares, or else the URL
    /// of the remote document of which it is a copy (RFC 3986 § 5.1).
    fn base_uri(&self, file: FileId) -> Option<String> {
        let own = self_uri(self.document.file_node(file));
        match self.document.sources.url(file) {
            Some(url) => Some(own.and_then(|own| resolve_url(Some(url), own)).unwrap_or_else(|| url.to_owned())),
            None => own.map(str::to_owned),
        }
    }

    /// Records the absolute URI that a file declares.
    fn register(&mut self, file: FileId) {
        let Some(own) = self_uri(self.document.file_node(file)) else { return };
        let uri = resolve_url(self.document.sources.url(file), own).unwrap_or_else(|| own.to_owned());
        if is_remote(&uri) || uri.starts_with('/') {
            self.by_uri.entry(uri).or_insert(file);
        }
    }

    /// Returns the path of an existing file: the path itself or, if it comes from a URI, the path with an ending that the
    /// URI of a document may leave out.
    fn with_ending(&self, from: FileId, path: String, is_uri: bool) -> String {
        if path.is_empty() || !is_uri {
            return path;
        }
        let all = ENDINGS.iter().map(|ending| format!("{path}{ending}"));
        all.into_iter().find(|path| self.exists(from, path)).unwrap_or(path)
    }

    fn exists(&self, from: FileId, path: &str) -> bool {
        self.path_within(from, path).is_ok_and(|target| target.is_file())
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
        let read = read_file(display, &target, self.strict, &mut self.document.sources, self.diagnostics);
        self.by_path.insert(real, read.0);
        Ok(self.add(read))
    }

    /// Reads the copy of the document at an absolute URL, unless it was read before.
    fn find_remote(&mut self, url: String, span: Span) -> Result<FileId, RefError> {
        let documents = match self.remote.take() {
            Some(documents) => documents,
            None => self.read_remote(),
        };
        let documents = self.remote.insert(documents);
        let document = documents.get(&url);
        self.requested.entry(url).or_insert(span);
        let document = document.map_err(RefError::Remote)?;
        if let Some(file) = self.by_url.get(&document.base) {
            return Ok(*file);
        }
        let (folder, display) = &self.remote_folder;
        let display = format!("{display}/{}", document.file);
        let (path, text) = (folder.join(&document.file), (document.text.as_str(), self.strict));
        let read = read_string(display, &path, text, &mut self.document.sources, self.diagnostics);
        self.document.sources.set_url(read.0, document.base.clone());
        self.by_url.insert(document.base.clone(), read.0);
        Ok(self.add(read))
    }

    /// Reads the copies of remote documents. Reports an invalid `remote.lock`, and takes it as empty.
    fn read_remote(&mut self) -> RemoteDocuments {
        let (folder, display) = &self.remote_folder;
        let (error, text) = match RemoteDocuments::read(folder) {
            Ok(documents) => return documents,
            Err(invalid) => invalid,
        };
        let file = self.document.sources.add(format!("{display}/{LOCK}"), folder.join(LOCK), text);
        let problem =
            Diagnostic::error("bad-lock", Span::new(file, error.line.start, error.line.end), error.to_string());
        let problem = problem.label("not an entry");
        self.diagnostics.push(problem.help("restore the file, or delete it and run `cargo writ fetch` again"));
        self.add((file, None));
        RemoteDocuments::default()
    }

    /// Adds the tree of a file that was read to the document.
    fn add(&mut self, (file, tree): (FileId, Option<Node>)) -> FileId {
        if tree.is_none() {
            self.document.unreadable.insert(file);
        }
        self.document.add_tree(file, tree.unwrap_or_else(|| empty_tree(file)));
        self.register(file);
        file
    }
}
