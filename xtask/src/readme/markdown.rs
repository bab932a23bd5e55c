//! The fenced blocks of a Markdown file, each with the checks that stand in comments above it.

use anyhow::bail;

const FENCE: &str = "```";
const CHECK: &str = "<!-- check:";

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Where its first fence stands, counted from 1.
    pub line: usize,
    /// What stands behind that fence: `sh`, `yaml`.
    pub language: String,
    /// What stands between the fences; every line of it ends with a line feed.
    pub text: String,
    /// What the comments say after `check:`, from the first above the block to the last.
    pub checks: Vec<String>,
}

/// The blocks of `text` in their order. Fails where a check would be passed over in silence: when
/// no block follows it, or a block is indented or never ends.
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
                    None => bail!("line {line}: the block does not end"),
                }
            }
            blocks.push(block);
        } else if content.trim_start().starts_with(FENCE) {
            bail!("line {line}: a block that is indented is not checked");
        } else if let Some(check) = content.strip_prefix(CHECK) {
            let Some(check) = check.strip_suffix("-->") else {
                bail!("line {line}: a check is one line and ends with `-->`");
            };
            checks.push(check.trim().to_owned());
        } else if !checks.is_empty() && !content.trim().is_empty() {
            bail!("line {line}: the check above is not followed by a block");
        }
    }
    if !checks.is_empty() {
        bail!("the last check is not followed by a block");
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn a_block_takes_every_check_above_it_and_prose_none() {
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
    fn no_check_is_passed_over_in_silence() {
        for (text, expected) in [
            ("```sh\nls\n", "line 1: the block does not end"),
            ("- item\n  ```sh\n  ls\n  ```\n", "line 2: a block that is indented is not checked"),
            ("<!-- check: dev -->\n\nProse.\n", "line 3: the check above is not followed by a block"),
            ("<!-- check: dev -->\n", "the last check is not followed by a block"),
            ("<!-- check: dev\n-->\n", "line 1: a check is one line and ends with `-->`"),
        ] {
            assert_eq!(blocks(text).unwrap_err().to_string(), expected);
        }
    }
}
