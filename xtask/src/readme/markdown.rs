//! The fenced code blocks of a Markdown document, each with the check comments above it.

use anyhow::bail;

const FENCE: &str = "```";
const CHECK: &str = "<!-- check:";

/// A fenced code block of a Markdown document.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The line number of the block's opening fence, counted from 1.
    pub line: usize,
    /// The language of the code block, such as `sh` or `yaml`, from the line of the opening fence.
    pub language: String,
    /// The text of the code block without the fences; every line ends with a line feed.
    pub text: String,
    /// The texts after `check:` in the comments above the code block, in order.
    pub checks: Vec<String>,
}

/// Returns the fenced code blocks of a document in order.
///
/// Fails if a check or a block would be ignored: a check without a block below it, an indented block, or a block
/// without an end.
pub fn blocks(text: &str) -> anyhow::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut checks = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, content)) = lines.next() {
        if let Some(language) = content.strip_prefix(FENCE) {
            let mut block = Block {
                line,
                language: language.trim().to_owned(),
                text: String::new(),
                checks: std::mem::take(&mut checks),
            };
            loop {
                match lines.next() {
                    Some((_, FENCE)) => break,
                    Some((_, content)) => block.text.extend([content, "\n"]),
                    None => bail!("line {line}: the block has no closing fence"),
                }
            }
            blocks.push(block);
        } else if content.trim_start().starts_with(FENCE) {
            bail!("line {line}: an indented block cannot be checked: move it to the start of the line");
        } else if let Some(check) = content.strip_prefix(CHECK) {
            let Some(check) = check.strip_suffix("-->") else {
                bail!("line {line}: a check must be one line that ends with `-->`");
            };
            checks.push(check.trim().to_owned());
        } else if !checks.is_empty() && !content.trim().is_empty() {
            bail!("line {line}: expected a block below the check");
        }
    }
    if !checks.is_empty() {
        bail!("expected a block below the last check");
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn a_block_has_every_check_above_it() {
        let text = "Prose.\n\n<!-- a remark -->\n<!-- check: replace a \"b\" with \"c\" -->\n<!-- check: fails -->\n\n\
                    ```sh\nfirst\n\n  second\n```\nProse.\n```text\n```\n";
        let found = blocks(text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].line, found[0].language.as_str()), (7, "sh"));
        assert_eq!(found[0].text, "first\n\n  second\n");
        assert_eq!(found[0].checks, ["replace a \"b\" with \"c\"", "fails"]);
        assert_eq!((found[1].line, found[1].text.as_str()), (13, ""));
        assert!(found[1].checks.is_empty());
    }

    #[test]
    fn no_check_is_ignored_silently() {
        for (text, expected) in [
            ("```sh\nls\n", "line 1: the block has no closing fence"),
            (
                "- item\n  ```sh\n  ls\n  ```\n",
                "line 2: an indented block cannot be checked: move it to the start of the line",
            ),
            ("<!-- check: dev -->\n\nProse.\n", "line 3: expected a block below the check"),
            ("<!-- check: dev -->\n", "expected a block below the last check"),
            ("<!-- check: dev\n-->\n", "line 1: a check must be one line that ends with `-->`"),
        ] {
            assert_eq!(blocks(text).unwrap_err().to_string(), expected);
        }
    }
}
