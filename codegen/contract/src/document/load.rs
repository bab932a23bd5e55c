//! Reading the entry, and every file that references reach from it.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::anchors::find_anchors;
use super::check::check;
use super::node::Node;
use super::parse::{empty_tree, read_file};
use super::reference::RefError;
use super::trees::Document;
use super::version::Version;
use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::source::{FileId, Sources, Span};

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The folder that no reference may leave; the folder of the entry where it is not given.
    pub root: Option<PathBuf>,
    /// Whether every unknown field is an error, not only a misspelt one.
    pub strict: bool,
}

/// A document whose files are still being found.
pub(super) struct Loader<'l> {
    pub document: Document,
    pub strict: bool,
    pub diagnostics: &'l mut Diagnostics,
    /// The folder that no reference may leave, symbolic links resolved.
    root: PathBuf,
    /// Files by their real path, so that two ways to one file are one file.
    by_path: HashMap<PathBuf, FileId>,
}

/// Reads the entry and every file that a `$ref` reaches, and checks their structure.
///
/// Every problem goes to `diagnostics`. `None` only if the entry cannot be read as an OpenAPI
/// document at all; its sources are then in [`Diagnostics::sources`].
pub fn load(entry: &Path, options: &LoadOptions, diagnostics: &mut Diagnostics) -> Option<Document> {
    let mut sources = Sources::default();
    let (root, tree) = read_file(display_path(entry, options.root.as_deref()), entry, &mut sources, diagnostics);
    let version = tree.as_ref().and_then(|tree| version(tree, diagnostics));
    let (Some(tree), Some(version)) = (tree, version) else {
        diagnostics.set_sources(&sources);
        return None;
    };
    let folder = options.root.clone().or_else(|| entry.parent().map(Path::to_owned)).unwrap_or_default();
    let mut loader = Loader {
        document: Document {
            sources,
            root,
            version,
            trees: Vec::new(),
            broken: HashSet::new(),
            links: HashMap::new(),
            anchors: HashMap::new(),
        },
        strict: options.strict,
        diagnostics,
        root: real(&folder),
        by_path: HashMap::from([(real(entry), root)]),
    };
    loader.take(root, tree);
    check(&mut loader);
    let document = loader.document;
    diagnostics.set_sources(&document.sources);
    Some(document)
}

impl Loader<'_> {
    /// Makes sure that the file of a reference is read, and remembers where its path leads.
    pub fn link(&mut self, from: FileId, path: &str) {
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
        // Asked before the file is: what lies outside is not even looked for.
        if !lexical(&real(near), Path::new(path)).starts_with(&self.root) {
            return Err(RefError::Outside);
        }
        if !target.is_file() {
            return Err(RefError::File(missing(&target)));
        }
        let real = real(&target);
        if !real.starts_with(&self.root) {
            return Err(RefError::Outside);
        }
        if let Some(file) = self.by_path.get(&real) {
            return Ok(*file);
        }
        let near = self.document.sources.display_path(from);
        let folder = near.rsplit_once('/').map_or("", |(folder, _)| folder);
        let display = display_path(&lexical(Path::new(folder), Path::new(path)), None);
        let (file, tree) = read_file(display, &target, &mut self.document.sources, self.diagnostics);
        self.by_path.insert(real, file);
        if tree.is_none() {
            self.document.broken.insert(file);
        }
        self.take(file, tree.unwrap_or_else(|| empty_tree(file)));
        Ok(file)
    }

    fn take(&mut self, file: FileId, tree: Node) {
        let text = self.document.sources.text(file);
        if text.contains("$anchor") || text.contains("$dynamicAnchor") {
            let mut found = Vec::new();
            find_anchors(&tree, &mut Vec::new(), &mut found);
            for (name, anchor) in found {
                self.document.anchors.entry((file, name)).or_default().push(anchor);
            }
        }
        self.document.trees.push(Arc::new(tree));
    }

    /// The tree of a file, apart from the loader, so that it can be walked while files are found.
    pub fn tree(&self, file: FileId) -> Option<Arc<Node>> {
        self.document.trees.get(file.0 as usize).cloned()
    }
}

/// The version that the `openapi` field names, if it is one that is known.
fn version(root: &Node, diagnostics: &mut Diagnostics) -> Option<Version> {
    let Some(object) = root.as_object() else {
        let message = format!("a contract is an object, not {}", root.kind_name());
        let problem = Diagnostic::error("wrong-type", Span { end: root.span.start + 1, ..root.span }, message);
        diagnostics.push(problem.help("it begins with `openapi: 3.0.3`"));
        return None;
    };
    let Some(openapi) = object.get("openapi") else {
        diagnostics.push(no_version(root));
        return None;
    };
    let text = openapi.as_str().or(openapi.as_number()).unwrap_or("");
    let numbers: Vec<&str> = text.split('.').collect();
    let version = match numbers.as_slice() {
        ["3", "0", ..] => Some(Version::V30),
        ["3", "1", ..] => Some(Version::V31),
        ["3", "2", ..] => Some(Version::V32),
        _ => None,
    };
    let problem = |severity: fn(&'static str, Span, String) -> Diagnostic, label: &str| {
        let message = if text.is_empty() {
            format!("`openapi` is the version of OpenAPI, not {}", openapi.kind_name())
        } else {
            format!("`{text}` is not a version of OpenAPI that is known")
        };
        severity("unknown-version", openapi.span, message).label(label).help("write `3.0.3` or `3.1.0`")
    };
    if version.is_none() {
        diagnostics.push(problem(Diagnostic::error, "known are 3.0.x and 3.1.x"));
    } else if numbers.len() != 3 || openapi.as_str().is_none() {
        diagnostics.push(problem(Diagnostic::warning, "a version has three numbers"));
    }
    version
}

fn no_version(root: &Node) -> Diagnostic {
    if let Some(swagger) = root.get("swagger") {
        let key = root.as_object().and_then(|root| root.key_span("swagger")).unwrap_or(swagger.span);
        return Diagnostic::error("swagger-2", key, "this is Swagger 2.0, the format before OpenAPI 3")
            .label("OpenAPI begins at 3.0")
            .help("convert it once, by editor.swagger.io (Edit, Convert to OpenAPI 3) or swagger2openapi");
    }
    let Some((first, _)) = root.as_object().and_then(|root| root.iter().next()) else {
        return Diagnostic::error("missing-field", root.span, "the document needs `openapi`, its version");
    };
    let problem = Diagnostic::error("missing-field", first.span, "the document needs `openapi`, its version");
    let names = root.as_object().into_iter().flatten().map(|(key, _)| key.name.as_str());
    if let Some(name) = closest("openapi", names) {
        let span = root.as_object().and_then(|root| root.key_span(name)).unwrap_or(first.span);
        return problem.label("not in this map").suggest(span, "openapi");
    }
    problem.label("not in this map").help("a contract begins with `openapi: 3.0.3`; is this the entry file?")
}

/// Why a file cannot be read, with the name of the file that was probably meant.
fn missing(target: &Path) -> String {
    if target.is_dir() {
        return "it is a folder".to_owned();
    }
    let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let folder =
        target.parent().map(|folder| std::fs::read_dir(if folder == Path::new("") { Path::new(".") } else { folder }));
    let mut names: Vec<String> = match folder {
        Some(Ok(entries)) => entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect(),
        _ => return "there is no such folder".to_owned(),
    };
    names.sort();
    match closest(name, names.iter().map(String::as_str)) {
        Some(meant) => format!("there is no such file; `{meant}` is there"),
        None => "there is no such file".to_owned(),
    }
}

/// The path with symbolic links resolved, or made absolute where that fails.
fn real(path: &Path) -> PathBuf {
    let path = if path == Path::new("") { Path::new(".") } else { path };
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// `path` seen from `folder`, `.` and `..` undone by name alone.
fn lexical(folder: &Path, path: &Path) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match joined.components().next_back() {
                Some(Component::Normal(_)) => {
                    joined.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => joined.push(".."),
            },
            other => joined.push(other),
        }
    }
    joined
}

/// Returns the path by which messages name a file: relative to the working directory where it lies within, else to the
/// folder around the root, with `/` between the parts.
pub fn display_path(path: &Path, root: Option<&Path>) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let around = root.and_then(Path::parent).filter(|around| around.is_absolute());
    let near = path.strip_prefix(&here).ok().or_else(|| path.strip_prefix(around?).ok());
    let path = lexical(Path::new(""), near.unwrap_or(path));
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let display = parts.join("/");
    // The root of an absolute path is a part of its own.
    display.strip_prefix("//").map_or(display.clone(), |rest| format!("/{rest}"))
}
