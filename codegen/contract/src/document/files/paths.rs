//! Paths of files: real ones, those that messages name, and those that were probably meant.

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::closest;

/// Why a file cannot be read, with the name of the file that was probably meant.
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
        Some(meant) => format!("the file does not exist; did you mean `{meant}`?"),
        None => "the file does not exist".to_owned(),
    }
}

/// The path with symbolic links resolved, or made absolute where that fails.
pub(super) fn real_path(path: &Path) -> PathBuf {
    let path = if path == Path::new("") { Path::new(".") } else { path };
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// `path` seen from `folder`, `.` and `..` undone by name alone.
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

/// Returns the path by which messages name a file: relative to the working directory where it lies within, else to the
/// folder around the root, with `/` between the parts.
pub fn display_path(path: &Path, root: Option<&Path>) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let around = root.and_then(Path::parent).filter(|around| around.is_absolute());
    let near = path.strip_prefix(&here).ok().or_else(|| path.strip_prefix(around?).ok());
    let path = normalized(Path::new(""), near.unwrap_or(path));
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let display = parts.join("/");
    // The root of an absolute path is a part of its own.
    display.strip_prefix("//").map_or(display.clone(), |rest| format!("/{rest}"))
}
