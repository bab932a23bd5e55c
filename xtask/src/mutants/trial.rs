//! The trial of one mutant: the tests that reach it run until one of them fails.

use std::path::Path;
use std::time::Duration;

use writ_tasks::process::Session;

use super::list::Mutant;
use super::suite::{Measured, Outcome, Program};

/// The number of tests in the first group. Each further group is twice as large.
const FIRST: usize = 8;

/// The time that tests may take in addition to a multiple of their usual time, before they count as hung.
const PATIENCE: Duration = Duration::from_secs(20);

/// The factor of the usual time of tests after which they count as hung.
const FACTOR: u32 = 4;

/// The result of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A test failed.
    Caught,
    /// A test did not end in time.
    Hung,
    /// All tests that reach the mutant passed.
    Survived {
        /// The number of these tests.
        tests: usize,
    },
}

/// Tests of one program that run together.
struct Group<'a> {
    program: &'a Program,
    names: Vec<&'a str>,
    time: Duration,
}

/// Runs the tests that reach a mutant, the nearest first.
pub fn run(
    session: &Session,
    number: usize,
    mutant: &Mutant,
    suite: &[Measured<'_>],
    variables: &[(String, String)],
) -> anyhow::Result<Verdict> {
    let mut reaching: Vec<_> = suite.iter().filter(|measured| measured.reached.contains(&number)).collect();
    let modules = modules(&mutant.file);
    reaching.sort_by_key(|measured| (distance(measured, mutant, &modules), measured.time));
    for group in groups(&reaching) {
        let limit = PATIENCE + group.time * FACTOR;
        let run = |names: &[&str]| group.program.run(session, names, Some(number), variables, limit);
        match run(&group.names)? {
            Outcome::Passed => {}
            Outcome::Hung => return Ok(Verdict::Hung),
            // A test that fails only sometimes has not caught the mutant.
            Outcome::Failed(names) => {
                let names: Vec<_> =
                    if names.is_empty() { group.names.clone() } else { names.iter().map(String::as_str).collect() };
                if run(&names)? != Outcome::Passed {
                    return Ok(Verdict::Caught);
                }
            }
        }
    }
    Ok(Verdict::Survived { tests: reaching.len() })
}

/// Returns how far a test is from the mutant: in the same module, beside it, in the same package, or elsewhere.
fn distance(measured: &Measured<'_>, mutant: &Mutant, modules: &str) -> u8 {
    let (program, name) = (measured.test.program, &measured.test.name);
    let parent = modules.trim_end_matches("::").rsplit_once("::").map_or("", |(parent, _)| parent);
    match program.package == mutant.package {
        true if program.is_library && name.starts_with(modules) => 0,
        true if program.is_library && name.starts_with(parent) => 1,
        true => 2,
        false => 3,
    }
}

/// Divides sorted tests into groups of growing size, each of one program.
fn groups<'a>(sorted: &[&'a Measured<'a>]) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    let (mut rest, mut size) = (sorted, FIRST);
    while !rest.is_empty() {
        let (next, later) = rest.split_at(size.min(rest.len()));
        let mut window: Vec<Group<'a>> = Vec::new();
        for measured in next {
            let program = measured.test.program;
            let found = window.iter().position(|group| std::ptr::eq(group.program, program));
            let at = found.unwrap_or_else(|| {
                window.push(Group { program, names: Vec::new(), time: Duration::ZERO });
                window.len() - 1
            });
            window[at].names.push(&measured.test.name);
            window[at].time += measured.time;
        }
        groups.append(&mut window);
        (rest, size) = (later, size * 2);
    }
    groups
}

/// Returns the modules of a source file, as they begin the names of its tests.
fn modules(file: &Path) -> String {
    let below_source = file.iter().skip_while(|part| *part != "src").skip(1);
    let parts: Vec<_> = below_source.map(|part| part.to_string_lossy().trim_end_matches(".rs").to_owned()).collect();
    parts.iter().filter(|part| !["mod", "lib"].contains(&part.as_str())).map(|part| format!("{part}::")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_the_modules_of_its_path() {
        assert_eq!(modules(Path::new("codegen/runtime/src/http/accept.rs")), "http::accept::");
        assert_eq!(modules(Path::new("server/platform/src/gate/mod.rs")), "gate::");
        assert_eq!(modules(Path::new("server/platform/src/lib.rs")), "");
    }
}
