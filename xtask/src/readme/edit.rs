//! Changes to files that the README asks for.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};

/// A change of one file.
#[derive(Debug, PartialEq, Eq)]
pub enum Edit {
    /// The whole file.
    Write {
        /// Below the checkout.
        path: String,
        /// All of it.
        text: String,
    },
    /// Lines below another.
    Insert {
        /// Below the checkout.
        path: String,
        /// The line above, or a part of it that no other line has.
        after: String,
        /// The lines.
        text: String,
    },
    /// A word for another.
    Replace {
        /// Below the checkout.
        path: String,
        /// What stands there once.
        old: String,
        /// What stands there then.
        new: String,
    },
}

/// Changes the file in the checkout at `root`; returns what was done, for the terminal.
pub fn apply(edit: &Edit, root: &Path) -> anyhow::Result<String> {
    let (path, said) = match edit {
        Edit::Write { path, .. } => (path, format!("write {path}")),
        Edit::Insert { path, .. } => (path, format!("insert into {path}")),
        Edit::Replace { path, .. } => (path, format!("change {path}")),
    };
    let file = below(root, path)?;
    let text = match edit {
        Edit::Write { text, .. } => text.clone(),
        Edit::Insert { after, text, .. } => insert(&read(&file, path)?, after, text)?,
        Edit::Replace { old, new, .. } => replace(&read(&file, path)?, old, new)?,
    };
    fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
    Ok(said)
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

/// Puts `inserted` below the only line that equals `after`, else the only one that contains it.
fn insert(text: &str, after: &str, inserted: &str) -> anyhow::Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    let places = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        lines.iter().enumerate().filter(|(_, line)| fits(line)).map(|(index, _)| index).collect()
    };
    let mut found = places(&|line| line == after);
    if found.is_empty() {
        found = places(&|line| line.contains(after));
    }
    let [place] = found[..] else {
        bail!("{} lines have `{after}`, not one", found.len());
    };
    let mut whole = String::new();
    for (index, line) in lines.into_iter().enumerate() {
        whole.extend([line, "\n"]);
        if index == place {
            whole.push_str(inserted);
        }
    }
    Ok(whole)
}

fn replace(text: &str, old: &str, new: &str) -> anyhow::Result<String> {
    match text.matches(old).count() {
        1 => Ok(text.replacen(old, new, 1)),
        count => bail!("`{old}` stands there {count} times, not once"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply, insert, replace};

    #[test]
    fn lines_are_inserted_below_the_one_line_that_is_meant() {
        assert_eq!(insert("a: 1\na\nb\n", "a", "new\n").unwrap(), "a: 1\na\nnew\nb\n");
        assert_eq!(insert("impl X {\n}", "impl X", "    new\n").unwrap(), "impl X {\n    new\n}\n");
        assert_eq!(insert("a\na\n", "a", "").unwrap_err().to_string(), "2 lines have `a`, not one");
        assert_eq!(insert("b\n", "a", "").unwrap_err().to_string(), "0 lines have `a`, not one");
    }

    #[test]
    fn a_word_is_replaced_where_it_stands_once() {
        assert_eq!(replace("x old y", "old", "new").unwrap(), "x new y");
        assert_eq!(replace("old old", "old", "new").unwrap_err().to_string(), "`old` stands there 2 times, not once");
    }

    #[test]
    fn nothing_outside_of_the_checkout_is_written() {
        let root = tempfile::tempdir().unwrap();
        for path in ["/tmp/x", "../x", "a/../../x"] {
            let edit = Edit::Write { path: path.to_owned(), text: String::new() };
            assert!(apply(&edit, root.path()).is_err(), "{path}");
        }
    }
}
