//! Relative paths between folders, for the manifest of a generated crate.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Returns the relative path from one folder to another, with `/` as separator. The folders need not exist.
pub(crate) fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (parts(from), parts(to));
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
    let down = to[shared..].iter().map(|part| part.to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// Returns a path with each `..` resolved that follows another component, without access to the file system.
pub(crate) fn lexical(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        let inside = matches!(result.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::ParentDir if inside => drop(result.pop()),
            Component::CurDir => {}
            part => result.push(part),
        }
    }
    result
}

/// Returns the components of the absolute form of a path, with `.` and `..` resolved.
pub(super) fn parts(path: &Path) -> Vec<OsString> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::CurDir => {}
            part => parts.push(part.as_os_str().to_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_the_settings_becomes_relative_to_the_generated_crate() {
        let found = relative(Path::new("/work/out/api"), Path::new("/work/contracts/../types"));
        assert_eq!(found, "../../types");
        assert_eq!(relative(Path::new("/a"), Path::new("/a/b")), "b");
    }

    #[test]
    fn a_path_is_shortened_without_access_to_the_file_system() {
        for (path, expected) in [("spec/../generated", "generated"), ("../a/./b/..", "../a"), ("/../a", "/../a")] {
            assert_eq!(lexical(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
