//! `cargo xtask readme`: does what README.md and docs/adoption.md say, in a fresh clone, and compares.
//!
//! How a block is checked stands in a comment above it, in the forms of [`check::Check`]. Blocks of
//! `sh` run as they are; `text` and `json` is what the commands above print.

mod check;
mod checkout;
mod edit;
mod expectation;
mod markdown;
mod plan;
mod server;

use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, anyhow, bail};

use self::checkout::Checkout;
use self::plan::{Run, Step};
use self::server::Server;
use crate::process::Session;
use crate::terminal;

/// The pages whose commands are followed, those that change nothing in the clone first.
const PAGES: [&str; 2] = ["docs/adoption.md", "README.md"];

/// Runs the subcommand.
pub fn run() -> anyhow::Result<ExitCode> {
    let since = Instant::now();
    let session = Session::open()?;
    let checkout = Checkout::make(&session)?;
    let mut count = 0;
    for page in PAGES {
        let text = fs::read_to_string(checkout.path().join(page)).context(page)?;
        let steps = markdown::blocks(&text).and_then(plan::steps).context(page)?;
        let mut server = None;
        for (line, step) in &steps {
            let place = format!("{page}:{line}");
            follow(&session, &checkout, &mut server, step, &place).context(place)?;
        }
        drop(server);
        count += steps.len();
    }
    let pages = PAGES.join(" and ");
    terminal::step("Finished", format_args!("{count} steps of {pages} in {} s", since.elapsed().as_secs()));
    Ok(ExitCode::SUCCESS)
}

/// Does one step. The server is started for the first commands that call it, and serves until
/// something else is done, since that may change what is served.
fn follow<'s>(
    session: &'s Session,
    checkout: &Checkout,
    server: &mut Option<Server<'s>>,
    step: &Step,
    place: &str,
) -> anyhow::Result<()> {
    let run = match step {
        Step::Run(run) => run,
        Step::Edit(edit) => {
            drop(server.take());
            let said = edit::apply(edit, checkout.path())?;
            terminal::step(place, said);
            return Ok(());
        }
    };
    let mut script = run.script.clone();
    if run.dev {
        let server = match server {
            Some(server) => server,
            None => {
                terminal::step(place, "cargo xtask dev");
                server.insert(Server::start(session, checkout)?)
            }
        };
        script = server.addressed_by(&script);
    } else {
        drop(server.take());
    }
    terminal::step(place, run.script.trim_end());
    // What the reader may keep there is not ours to write over.
    let script = script.replace("/tmp/", &format!("{}/", checkout.temporary().display()));
    let mut command = checkout.command("sh");
    let (status, output) = session.capture("sh", command.args(["-e", "-c", &script]))?;
    compare(run, status.success(), &output)
        .map_err(|error| anyhow!("{error}\n{status}, with this output:\n{}", output.trim_end()))
}

fn compare(run: &Run, succeeded: bool, output: &str) -> anyhow::Result<()> {
    match (succeeded, run.fails) {
        (true, true) => bail!("this is to fail and does not"),
        (false, false) => bail!("this fails"),
        _ => run.output.iter().try_for_each(|expectation| expectation::check(expectation, output)),
    }
}

#[cfg(test)]
mod tests {
    use super::plan::Run;

    #[test]
    fn commands_fail_when_and_only_when_the_readme_says_so() {
        for fails in [false, true] {
            let run = Run { fails, ..Run::default() };
            assert_eq!(super::compare(&run, true, "").is_ok(), !fails);
            assert_eq!(super::compare(&run, false, "").is_ok(), fails);
        }
    }
}
