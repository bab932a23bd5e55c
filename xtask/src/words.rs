//! `cargo xtask words`: checks that comments name their subject, and draws a sample of them for a reader.
//!
//! People read a comment without the code beside it: in a hover, in `cargo doc`, in a search. A comment that
//! opens with a pronoun ("What is left", "Whoever asks") leaves such a reader without a subject. The check
//! rejects these openings; `xtask/words.toml` lists the exceptions with their reasons.

mod comment;
mod draw;
mod exceptions;
mod fault;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use self::comment::Comment;
use self::exceptions::Exceptions;
use writ_tasks::terminal;

use crate::cargo;

/// The file that lists the exceptions from the check of comments, below the root of the repository.
const EXCEPTIONS: &str = "xtask/words.toml";

/// The folder of the golden diagnostics to draw samples from, below the root of the repository.
const DIAGNOSTICS: &str = "codegen/tests/diagnostics";

/// The folders whose comments are not checked, since they are generated from contracts of tests.
const EXCLUDED: [&str; 1] = ["codegen/tests/golden/"];

/// The command line of `cargo xtask words`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print a random sample of comments and diagnostics instead of the check; a seed always draws the same sample.
    #[arg(long, value_name = "SEED")]
    draw: Option<u64>,

    /// The number of doc comments in the sample.
    #[arg(long, value_name = "N", default_value_t = 60, requires = "draw")]
    comments: usize,

    /// The number of diagnostics in the sample.
    #[arg(long, value_name = "N", default_value_t = 20, requires = "draw")]
    diagnostics: usize,

    /// Print the file, the line and the item of each text in the sample as well.
    #[arg(long, requires = "draw")]
    key: bool,
}

/// Runs `cargo xtask words`: fails if a comment has a fault that is not listed as an exception.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let root = cargo::root();
    let comments = read(&root)?;
    if let Some(seed) = args.draw {
        let diagnostics = draw::diagnostics(&root.join(DIAGNOSTICS))?;
        draw::print(&draw::comments(&comments, seed, args.comments), args.key);
        draw::print(&draw::sample(diagnostics, seed, args.diagnostics), args.key);
        return Ok(ExitCode::SUCCESS);
    }
    let text = std::fs::read_to_string(root.join(EXCEPTIONS)).with_context(|| EXCEPTIONS.to_owned())?;
    let mut exceptions = Exceptions::parse(&text).with_context(|| EXCEPTIONS.to_owned())?;
    let mut count = 0_usize;
    for comment in &comments {
        for fault in fault::find(comment) {
            if !exceptions.covers(&comment.path, &fault.sentence) {
                println!("{}:{}: {fault}", comment.path, comment.line);
                count += 1;
            }
        }
    }
    for unused in exceptions.unused() {
        println!("{EXCEPTIONS}: no comment needs the exception `{unused}`: remove it");
        count += 1;
    }
    if count > 0 {
        bail!("{count} faults: name the subject of each sentence, or list it in {EXCEPTIONS} with a reason");
    }
    terminal::step("Checked", format_args!("{} comments and names of tests", comments.len()));
    Ok(ExitCode::SUCCESS)
}

/// Reads the comments of all source files that Git does not ignore, in the order of their paths.
fn read(root: &Path) -> anyhow::Result<Vec<Comment>> {
    let mut list = Command::new("git");
    list.arg("-C").arg(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = list.output().context("cannot run `git ls-files`")?;
    if !listed.status.success() {
        bail!("`git ls-files` failed: {}", String::from_utf8_lossy(&listed.stderr).trim());
    }
    let listed = String::from_utf8(listed.stdout).context("a path is not UTF-8")?;
    let mut paths: Vec<&str> = listed.split_terminator('\0').collect();
    paths.sort_unstable();
    let mut comments = Vec::new();
    for path in paths {
        let Some(language) = comment::Language::of(path) else { continue };
        let file = root.join(path);
        // A link leads to a file that is listed under its own path; a deleted file is still in the index of Git.
        if EXCLUDED.iter().any(|folder| path.starts_with(folder)) || file.is_symlink() || !file.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(&file).with_context(|| path.to_owned())?;
        comments.extend(comment::read(path, &text, language));
    }
    Ok(comments)
}
