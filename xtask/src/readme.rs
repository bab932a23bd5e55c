//! `cargo xtask readme`: runs the commands of the repository's documents in a fresh clone, and compares
//! their output with the documents.
//!
//! The documents are every Markdown file in docs/, ARCHITECTURE.md and README.md. A comment above a code block
//! selects the check of this block, see [`check::Check`]. Blocks of `sh` run without a comment too. Blocks of
//! `text` and `json` are the expected output of the commands above.

mod check;
mod checkout;
mod edit;
mod excerpt;
mod expectation;
mod markdown;
mod plan;
mod server;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, anyhow, bail};

use self::checkout::Checkout;
use self::plan::{Run, Step};
use self::server::Server;
use writ_tasks::process::Session;
use writ_tasks::terminal;

/// The documents at the root of the repository whose commands are run.
const ROOT_DOCUMENTS: [&str; 2] = ["ARCHITECTURE.md", "README.md"];

/// The folder of the other documents whose commands are run.
const DOCUMENTS: &str = "docs";

/// Runs `cargo xtask readme`: follows every document in a fresh clone.
pub fn run() -> anyhow::Result<ExitCode> {
    let since = Instant::now();
    let session = Session::open()?;
    let checkout = Checkout::make(&session)?;
    let documents = documents(checkout.path())?;
    let mut count = 0;
    for document in &documents {
        let text = fs::read_to_string(checkout.path().join(document)).context(document.clone())?;
        let steps = markdown::blocks(&text).and_then(plan::steps).context(document.clone())?;
        let mut server = None;
        for (line, step) in &steps {
            let location = format!("{document}:{line}");
            follow(&session, &checkout, &mut server, step, &location).context(location)?;
        }
        drop(server);
        if !steps.is_empty() {
            checkout.restore(&session)?;
        }
        count += steps.len();
    }
    let seconds = since.elapsed().as_secs();
    terminal::step("Finished", format_args!("{count} steps of {} documents in {seconds} s", documents.len()));
    Ok(ExitCode::SUCCESS)
}

/// Returns the paths of all documents to run, those in docs/ first, in alphabetical order.
fn documents(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut documents = Vec::new();
    let mut folders = vec![DOCUMENTS.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).with_context(|| format!("cannot read {folder}"))? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(".md") {
                documents.push(path);
            }
        }
    }
    documents.sort();
    documents.extend(ROOT_DOCUMENTS.map(str::to_owned));
    Ok(documents)
}

/// Follows one step of a document: changes a file, or runs commands and compares their output.
///
/// The server is started for the first commands that call it. It stops before the next step of another kind,
/// since such a step may change the server.
fn follow<'s>(
    session: &'s Session,
    checkout: &Checkout,
    server: &mut Option<Server<'s>>,
    step: &Step,
    location: &str,
) -> anyhow::Result<()> {
    let run = match step {
        Step::Run(run) => run,
        Step::Edit(edit) => {
            drop(server.take());
            let done = edit::apply(edit, checkout.path())?;
            terminal::step(location, done);
            return Ok(());
        }
        Step::Compare(excerpt) => {
            terminal::step(location, excerpt::compare(excerpt, checkout.path())?);
            return Ok(());
        }
    };
    let (mut script, mut command) = (run.script.clone(), checkout.command("sh"));
    if run.dev {
        let server = match server {
            Some(server) => server,
            None => {
                terminal::step(location, "cargo xtask dev");
                server.insert(Server::start(session, checkout)?)
            }
        };
        script = server.addressed_by(&script);
        server.equip(&mut command)?;
    } else {
        drop(server.take());
    }
    terminal::step(location, run.script.trim_end());
    // A person's /tmp may contain other files, so the commands use another folder.
    let script = script.replace("/tmp/", &format!("{}/", checkout.temporary().display()));
    let (status, output) = session.capture("sh", command.args(["-e", "-c", &script]))?;
    compare(run, status.success(), &output)
        .map_err(|error| anyhow!("{error}\n{status}, with this output:\n{}", output.trim_end()))
}

/// Compares the output of commands that ran with the output that the document shows for them.
fn compare(run: &Run, succeeded: bool, output: &str) -> anyhow::Result<()> {
    match (succeeded, run.fails) {
        (true, true) => bail!("the commands must fail, but they succeed"),
        (false, false) => bail!("the commands fail"),
        _ => run.output.iter().try_for_each(|expectation| expectation::check(expectation, output)),
    }
}

#[cfg(test)]
mod tests {
    use super::plan::Run;
    use super::{compare, documents, markdown, plan};

    #[test]
    fn every_markdown_file_in_docs_is_checked() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("docs/guide")).unwrap();
        for path in ["docs/new.md", "docs/guide/deep.md", "docs/picture.svg", "CHANGES.md"] {
            std::fs::write(root.path().join(path), "").unwrap();
        }
        let expected = ["docs/guide/deep.md", "docs/new.md", "ARCHITECTURE.md", "README.md"];
        assert_eq!(documents(root.path()).unwrap(), expected);
    }

    #[test]
    fn every_block_in_the_documents_of_this_repository_has_a_check() {
        let root = crate::cargo::root();
        for document in documents(&root).unwrap() {
            let text = std::fs::read_to_string(root.join(&document)).unwrap();
            let steps = markdown::blocks(&text).and_then(plan::steps);
            assert!(steps.is_ok(), "{document}: {:#}", steps.unwrap_err());
        }
    }

    #[test]
    fn commands_must_fail_exactly_if_the_document_expects_it() {
        for fails in [false, true] {
            let run = Run { fails, ..Run::default() };
            assert_eq!(compare(&run, true, "").is_ok(), !fails);
            assert_eq!(compare(&run, false, "").is_ok(), fails);
        }
    }
}
