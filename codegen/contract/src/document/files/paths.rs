//! The paths of a contract's files: real paths, paths for display, and existing files with similar names.

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::closest;

/// Returns the reason why the file that a reference names cannot be read, with a similar file name if there is one.
pub(super) fn missing(target: &Path) -> String {
    if target.is_dir() {
        return "it is a folder".to_owned();
    }
    let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let folder =
        target.parent().map(|folder| std::fs::read_dir(if folder == Path::new("") { Path::new(".") } else { folder }));
    let mut names: Vec<String> = match folder {
        Some(Ok(entries)) => entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect(),
        _ => return "the folder does not exist".to_owned(),
    };
    names.sort();
    match closest(name, names.iter().map(String::as_str)) {
        Some(similar) => format!("the file does not exist; did you mean `{similar}`?"),
        None => "the file does not exist".to_owned(),
    }
}

/// Returns a path with symbolic links resolved, or the absolute path if that fails.
pub(super) fn real_path(path: &Path) -> PathBuf {
    let path = if path == Path::new("") { Path::new(".") } else { path };
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// Joins `path` to `folder`, and resolves `.` and `..` without access to the disk.
pub(super) fn normalized(folder: &Path, path: &Path) -> PathBuf {
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

/// Returns the path by which diagnostics name a file, with `/` between its components.
///
/// The path is relative to the working directory if the file is within it, and otherwise to the parent folder of
/// `root`.
///
/// ```
/// use std::path::Path;
/// use writ_contract::document::display_path;
///
/// let file = std::env::current_dir()?.join("spec/paths/../openapi.yaml");
/// assert_eq!(display_path(&file, None), "spec/openapi.yaml");
/// assert_eq!(display_path(Path::new("/srv/api/spec/pets.yaml"), Some(Path::new("/srv/api/spec"))), "spec/pets.yaml");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn display_path(path: &Path, root: Option<&Path>) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let around = root.and_then(Path::parent).filter(|around| around.is_absolute());
    let near = path.strip_prefix(&here).ok().or_else(|| path.strip_prefix(around?).ok());
    let path = normalized(Path::new(""), near.unwrap_or(path));
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let display = parts.join("/");
    // The root directory is a component itself, so joining the components doubles its slash.
    display.strip_prefix("//").map_or(display.clone(), |rest| format!("/{rest}"))
}
