//! What to do for the blocks of a README, in its order.

use anyhow::{Context, bail};

use super::check::{Check, parse};
use super::edit::Edit;
use super::expectation::Expectation;
use super::markdown::Block;

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Change a file.
    Edit(Edit),
    /// Run commands.
    Run(Run),
}

/// The commands of a block.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// For a shell.
    pub script: String,
    /// Whether `cargo xtask dev` serves meanwhile.
    pub dev: bool,
    /// Whether they are to fail.
    pub fails: bool,
    /// What their output must be.
    pub output: Vec<Expectation>,
}

/// The steps for `blocks`, each with the line of its block. A block of which nothing says how it
/// is checked is an error: what a reader follows is checked, or says that it is not.
pub fn steps(blocks: Vec<Block>) -> anyhow::Result<Vec<(usize, Step)>> {
    let mut steps = Vec::new();
    for block in blocks {
        let line = block.line;
        add(&mut steps, block).with_context(|| format!("line {line}"))?;
    }
    Ok(steps)
}

fn add(steps: &mut Vec<(usize, Step)>, block: Block) -> anyhow::Result<()> {
    let Block { line, language, text, checks } = block;
    let mut run = Run::default();
    let mut edit = None;
    let mut outcomes = false;
    let mut elsewhere = false;
    for comment in checks {
        for check in parse(&comment).with_context(|| format!("`{comment}` is not a check"))? {
            outcomes |= matches!(check, Check::Prints(_) | Check::Fails | Check::Dev);
            match check {
                Check::File(path) => edit = Some(Edit::Write { path, text: text.clone() }),
                Check::Insert { path, after } => edit = Some(Edit::Insert { path, after, text: text.clone() }),
                Check::Replace { path, old, new } => {
                    steps.push((line, Step::Edit(Edit::Replace { path, old, new })));
                }
                Check::Prints(text) => run.output.push(Expectation::Contains(text)),
                Check::Fails => run.fails = true,
                Check::Dev => run.dev = true,
                Check::Elsewhere => elsewhere = true,
            }
        }
    }
    if outcomes && (edit.is_some() || elsewhere || language != "sh") {
        bail!("only a block that runs can print or fail");
    }
    match (edit, language.as_str()) {
        _ if elsewhere => {}
        (Some(edit), _) => steps.push((line, Step::Edit(edit))),
        (None, "sh") => {
            run.script = text;
            steps.push((line, Step::Run(run)));
        }
        (None, "text") => expect(steps, Expectation::Lines(text))?,
        (None, "json") => expect(steps, Expectation::Json(text))?,
        (None, _) => bail!("nothing says how this block is checked"),
    }
    Ok(())
}

/// Holds the commands just above to what the README shows as their output.
fn expect(steps: &mut [(usize, Step)], expectation: Expectation) -> anyhow::Result<()> {
    match steps.last_mut() {
        Some((_, Step::Run(run))) => run.output.push(expectation),
        _ => bail!("no commands stand above that print this"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Run, Step, steps};
    use crate::readme::edit::Edit;
    use crate::readme::expectation::Expectation;
    use crate::readme::markdown::blocks;

    fn plan(text: &str) -> anyhow::Result<Vec<(usize, Step)>> {
        steps(blocks(text)?)
    }

    #[test]
    fn a_readme_is_followed_from_its_top() {
        let text = "<!-- check: elsewhere -->\n```sh\nls\n```\n<!-- check: file a.yaml -->\n```yaml\na: 1\n```\n\
                    <!-- check: replace a.yaml \"a\" with \"b\" -->\n<!-- check: fails, prints x -->\n```sh\ncat\n```\n\
                    ```text\nout\n```\n<!-- check: dev -->\n```sh\ncurl\n```\n```json\n{}\n```\n";
        let run = |script: &str, output| Run { script: script.to_owned(), output, ..Run::default() };
        let failing = run("cat\n", vec![Expectation::Contains("x".to_owned()), Expectation::Lines("out\n".to_owned())]);
        let served = run("curl\n", vec![Expectation::Json("{}\n".to_owned())]);
        let replace = Edit::Replace { path: "a.yaml".to_owned(), old: "a".to_owned(), new: "b".to_owned() };
        let expected = [
            (6, Step::Edit(Edit::Write { path: "a.yaml".to_owned(), text: "a: 1\n".to_owned() })),
            (11, Step::Edit(replace)),
            (11, Step::Run(Run { fails: true, ..failing })),
            (18, Step::Run(Run { dev: true, ..served })),
        ];
        assert_eq!(plan(text).unwrap(), expected);
    }

    #[test]
    fn a_block_that_would_go_unchecked_is_an_error() {
        for (text, expected) in [
            ("```rust\nfn f() {}\n```\n", "line 1: nothing says how this block is checked"),
            ("```text\nout\n```\n", "line 1: no commands stand above that print this"),
            ("<!-- check: print x -->\n```sh\nls\n```\n", "line 2: `print x` is not a check"),
            ("<!-- check: prints x -->\n```text\nx\n```\n", "line 2: only a block that runs can print or fail"),
            ("<!-- check: elsewhere, fails -->\n```sh\nls\n```\n", "line 2: only a block that runs can print or fail"),
        ] {
            assert_eq!(format!("{:#}", plan(text).unwrap_err()), expected);
        }
    }
}
