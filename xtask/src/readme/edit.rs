//! The changes to files that a document tells its reader to make.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};

/// A change to one file that a document describes.
#[derive(Debug, PartialEq, Eq)]
pub enum Edit {
    /// Creates or overwrites a file with the given text. Its folder is created if it does not exist.
    Write {
        /// The path of the file to create or overwrite, relative to the checkout.
        path: String,
        /// The complete content to write into the file.
        text: String,
    },
    /// Inserts lines into a file below a given line.
    Insert {
        /// The path of the file to insert lines into, relative to the checkout.
        path: String,
        /// The line above the inserted lines, or a piece of the line that no other line contains.
        after: String,
        /// The lines to insert into the file.
        text: String,
    },
    /// Replaces one text in a file by another.
    Replace {
        /// The path of the file in which a text is replaced, relative to the checkout.
        path: String,
        /// The text to replace; the file contains it exactly once.
        old: String,
        /// The text that replaces the old text in the file.
        new: String,
    },
}

/// Applies a change to its file in the checkout at `root`, and returns a description of the change for the
/// terminal.
pub fn apply(edit: &Edit, root: &Path) -> anyhow::Result<String> {
    let (path, done) = match edit {
        Edit::Write { path, .. } => (path, format!("write {path}")),
        Edit::Insert { path, .. } => (path, format!("insert into {path}")),
        Edit::Replace { path, .. } => (path, format!("change {path}")),
    };
    let file = below(root, path)?;
    let text = match edit {
        Edit::Write { text, .. } => {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder).with_context(|| format!("cannot create the folder of {path}"))?;
            }
            text.clone()
        }
        Edit::Insert { after, text, .. } => insert(&read(&file, path)?, after, text)?,
        Edit::Replace { old, new, .. } => replace(&read(&file, path)?, old, new)?,
    };
    fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
    Ok(done)
}

fn below(root: &Path, path: &str) -> anyhow::Result<PathBuf> {
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
        bail!("{path} is not a path below the repository");
    }
    Ok(root.join(path))
}

fn read(file: &Path, path: &str) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {path}"))
}

/// Returns `text` with lines inserted below the only line that equals `after`. If no line equals it, the only
/// line that contains `after` is used.
fn insert(text: &str, after: &str, inserted: &str) -> anyhow::Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let indices = |matches: &dyn Fn(&str) -> bool| -> Vec<usize> {
        lines.iter().enumerate().filter(|(_, line)| matches(line)).map(|(index, _)| index).collect()
    };
    let mut found = indices(&|line| line == after);
    if found.is_empty() {
        found = indices(&|line| line.contains(after));
    }
    let [above] = found[..] else {
        bail!("{} lines contain `{after}`, expected exactly one", found.len());
    };
    let mut edited = String::new();
    for (index, line) in lines.into_iter().enumerate() {
        edited.extend([line, "\n"]);
        if index == above {
            edited.push_str(inserted);
        }
    }
    Ok(edited)
}

fn replace(text: &str, old: &str, new: &str) -> anyhow::Result<String> {
    match text.matches(old).count() {
        1 => Ok(text.replacen(old, new, 1)),
        count => bail!("the file contains `{old}` {count} times, expected exactly once"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply, insert, replace};

    #[test]
    fn lines_are_inserted_below_the_only_matching_line() {
        assert_eq!(insert("a: 1\na\nb\n", "a", "new\n").unwrap(), "a: 1\na\nnew\nb\n");
        assert_eq!(insert("impl X {\n}", "impl X", "    new\n").unwrap(), "impl X {\n    new\n}\n");
        assert_eq!(insert("a\na\n", "a", "").unwrap_err().to_string(), "2 lines contain `a`, expected exactly one");
        assert_eq!(insert("b\n", "a", "").unwrap_err().to_string(), "0 lines contain `a`, expected exactly one");
    }

    #[test]
    fn a_text_is_replaced_if_the_file_contains_it_exactly_once() {
        assert_eq!(replace("x old y", "old", "new").unwrap(), "x new y");
        let error = replace("old old", "old", "new").unwrap_err().to_string();
        assert_eq!(error, "the file contains `old` 2 times, expected exactly once");
    }

    #[test]
    fn no_file_outside_of_the_checkout_is_written() {
        let root = tempfile::tempdir().unwrap();
        for path in ["/tmp/x", "../x", "a/../../x"] {
            let edit = Edit::Write { path: path.to_owned(), text: String::new() };
            assert!(apply(&edit, root.path()).is_err(), "{path}");
        }
    }
}
