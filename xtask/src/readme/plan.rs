//! The steps for following a document, which result from its code blocks and their checks.

use anyhow::{Context, bail};

use super::check::{Check, parse};
use super::edit::Edit;
use super::excerpt::Excerpt;
use super::expectation::Expectation;
use super::markdown::Block;

/// One step for following a document: a change of a file, or commands to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Changes a file of the clone as the document describes.
    Edit(Edit),
    /// Compares a code block with the file of which it is an excerpt.
    Compare(Excerpt),
    /// Runs the commands of a code block of the document.
    Run(Run),
}

/// The commands of a document's code block and their expected result.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The commands of the code block, which `sh` runs.
    pub script: String,
    /// True if the commands need a running `cargo xtask dev`.
    pub dev: bool,
    /// True if the last command must fail, as the document states.
    pub fails: bool,
    /// The output that the document expects from the commands.
    pub output: Vec<Expectation>,
}

/// Returns the steps for following a document from its code blocks, each with the line number of its block.
///
/// A block without a check is an error unless it contains commands or their output. Thus every block is checked,
/// or declares with `elsewhere` that it is not.
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
    let mut excerpt = None;
    let mut outcomes = false;
    let mut elsewhere = false;
    for comment in checks {
        for check in parse(&comment).with_context(|| format!("`{comment}` is not a valid check"))? {
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
                Check::Excerpt(path) => excerpt = Some(Excerpt { path, text: text.clone() }),
                Check::Elsewhere => elsewhere = true,
            }
        }
    }
    if outcomes && (edit.is_some() || excerpt.is_some() || elsewhere || language != "sh") {
        bail!("only a block of `sh` that runs can have the checks `dev`, `fails` and `prints`");
    }
    if let Some(excerpt) = excerpt {
        steps.push((line, Step::Compare(excerpt)));
        return Ok(());
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
        (None, _) => bail!(
            "the block has no check: add a comment `<!-- check: … -->` above it, for example `elsewhere` if it \
             cannot run in a clone"
        ),
    }
    Ok(())
}

/// Adds an expectation of a document to the commands of the block above it.
fn expect(steps: &mut [(usize, Step)], expectation: Expectation) -> anyhow::Result<()> {
    match steps.last_mut() {
        Some((_, Step::Run(run))) => run.output.push(expectation),
        _ => bail!("expected a block of commands above, which prints this text"),
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
    fn the_blocks_of_a_document_become_steps_in_order() {
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
    fn a_block_without_a_check_is_an_error() {
        let not_run = "only a block of `sh` that runs can have the checks `dev`, `fails` and `prints`";
        for (text, line, expected) in [
            ("```rust\nfn f() {}\n```\n", 1, "the block has no check: add a comment"),
            ("```console\n$ cargo run\n```\n", 1, "the block has no check: add a comment"),
            ("```\ncargo run\n```\n", 1, "the block has no check: add a comment"),
            ("```text\nout\n```\n", 1, "expected a block of commands above, which prints this text"),
            ("<!-- check: print x -->\n```sh\nls\n```\n", 2, "`print x` is not a valid check"),
            ("<!-- check: prints x -->\n```text\nx\n```\n", 2, not_run),
            ("<!-- check: elsewhere, fails -->\n```sh\nls\n```\n", 2, not_run),
        ] {
            let error = format!("{:#}", plan(text).unwrap_err());
            assert!(error.starts_with(&format!("line {line}: {expected}")), "{error}");
        }
    }

    #[test]
    fn commands_without_a_check_are_run() {
        let run = Run { script: "cargo run\n".to_owned(), ..Run::default() };
        assert_eq!(plan("```sh\ncargo run\n```\n").unwrap(), [(1, Step::Run(run))]);
    }
}
