//! The mutants that each test reaches, which are recorded in one run without a mutant.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use writ_tasks::process::Session;
use writ_tasks::terminal;

use super::compile::Sources;
use super::suite::{Outcome, Program, REACHED};
use super::workers;

/// The time that tests may take the first time. Tests of generated code compile it first.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The tests of a batch that pass while no mutant is on.
#[derive(Debug)]
pub struct Measured<'a> {
    /// The program that contains the tests.
    pub program: &'a Program,
    /// The recorded run.
    pub reach: Reach,
}

/// The recorded run of a batch.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The names of the tests that passed.
    pub passing: Vec<String>,
    /// The names of the tests that failed.
    pub failing: Vec<String>,
    /// The time that the passing tests take together.
    pub time: Duration,
    /// The numbers of the mutants that the passing tests reach.
    pub mutants: HashSet<usize>,
}

/// A batch that has not run yet, and the file that receives its record.
struct Open<'a> {
    program: &'a Program,
    names: Vec<String>,
    records: PathBuf,
}

/// Measures all tests of the programs. Records stay valid until a program is compiled again.
pub fn measure<'a>(
    session: &Session,
    work: &Path,
    sources: &Sources<'_>,
    programs: &'a [Program],
    variables: &[(String, String)],
) -> anyhow::Result<Vec<Measured<'a>>> {
    let folder = work.join("reach");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let (mut measured, mut open) = (Vec::new(), Vec::new());
    for program in programs {
        let records = folder.join(format!("{:016x}.jsonl", sources.fingerprint(std::slice::from_ref(program))?));
        let known = read(&records);
        let names: BTreeSet<_> = known.iter().flat_map(|reach| reach.passing.iter().chain(&reach.failing)).collect();
        let batches =
            program.batches(session)?.into_iter().filter(|batch| !batch.iter().any(|name| names.contains(name)));
        open.extend(batches.map(|names| Open { program, names, records: records.clone() }));
        measured.extend(known.into_iter().map(|reach| Measured { program, reach }));
    }
    terminal::step("Measuring", format_args!("{} batches of tests", open.len()));
    // The first batch compiles what all tests share.
    let (first, rest) = open.split_at(open.len().min(1));
    for batches in [first, rest] {
        measured.extend(workers::each(batches, |session, _, open| {
            let reach = run(session, open.program, open.names.clone(), variables)?;
            write(&open.records, &reach)?;
            Ok(Measured { program: open.program, reach })
        })?);
    }
    Ok(measured)
}

/// Runs a batch without a mutant. If tests fail, the others run again.
fn run(
    session: &Session,
    program: &Program,
    mut names: Vec<String>,
    variables: &[(String, String)],
) -> anyhow::Result<Reach> {
    let mut failing = Vec::new();
    while !names.is_empty() {
        let reached = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
        let mut variables = variables.to_vec();
        variables.push((REACHED.to_owned(), reached.path().display().to_string()));
        let since = Instant::now();
        match program.run(session, &names, &[], &variables, PATIENCE)? {
            Outcome::Passed => {
                let time = since.elapsed();
                let numbers = fs::read_to_string(reached.path())?;
                let mutants = numbers.lines().filter_map(|line| line.parse().ok()).collect();
                return Ok(Reach { passing: names, failing, time, mutants });
            }
            Outcome::Failed(failed) if names.iter().any(|name| failed.contains(name)) => {
                names.retain(|name| !failed.contains(name));
                failing.extend(failed);
            }
            Outcome::Failed(_) | Outcome::Hung => failing.append(&mut names),
        }
    }
    Ok(Reach { failing, ..Reach::default() })
}

/// Reads the records of an earlier run. A line that an interrupted run has not completed is ignored.
fn read(records: &Path) -> Vec<Reach> {
    let text = fs::read_to_string(records).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn write(records: &Path, reach: &Reach) -> anyhow::Result<()> {
    let line = format!("{}\n", serde_json::to_string(reach)?);
    let file = OpenOptions::new().create(true).append(true).open(records);
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .with_context(|| format!("cannot write {}", records.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        let reach = |name: &str| Reach {
            passing: vec![name.to_owned()],
            failing: vec!["c".to_owned()],
            time: Duration::from_millis(1500),
            mutants: HashSet::from([3, 7]),
        };
        write(&path, &reach("a")).unwrap();
        write(&path, &reach("b")).unwrap();
        fs::write(&path, format!("{}{{\"passing\":[", fs::read_to_string(&path).unwrap())).unwrap();
        assert_eq!(read(&path), [reach("a"), reach("b")]);
    }
}
