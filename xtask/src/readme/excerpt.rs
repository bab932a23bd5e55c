//! The comparison of a code block with the file of which it is an excerpt.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// A code block that shows lines of a file of the repository.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The path of the file of which a code block shows an excerpt, relative to the checkout.
    pub path: String,
    /// The lines of the file that the code block of the document shows.
    pub text: String,
}

/// Checks that the file contains the lines of an excerpt in their order, and returns a description for the
/// terminal. Indentation does not count, and the file may have further lines between them.
///
/// # Errors
///
/// Fails if the file cannot be read, or names the first line that it does not contain in this order.
pub fn compare(excerpt: &Excerpt, root: &Path) -> anyhow::Result<String> {
    let path = &excerpt.path;
    let file = fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
    match first_missing(&excerpt.text, &file) {
        None => Ok(format!("compare with {path}")),
        Some(line) => bail!("{path} does not contain the line `{line}` of the excerpt, or not in this order"),
    }
}

fn first_missing<'t>(excerpt: &'t str, file: &str) -> Option<&'t str> {
    let mut lines = file.lines().map(str::trim);
    let shown = excerpt.lines().map(str::trim).filter(|line| !line.is_empty());
    shown.into_iter().find(|shown| !lines.any(|line| line == *shown))
}

#[cfg(test)]
mod tests {
    use super::first_missing;

    #[test]
    fn an_excerpt_may_omit_lines_but_not_change_or_reorder_them() {
        let file = "get:\n  operationId: getUser\n  summary: Get a user\n  tags: [users]\n";
        assert_eq!(first_missing("get:\n  tags: [users]\n", file), None);
        assert_eq!(first_missing("get:\n  tags: [user]\n", file), Some("tags: [user]"));
        assert_eq!(first_missing("tags: [users]\nget:\n", file), Some("get:"));
    }
}
