//! The trial of one mutant: the tests that reach it run until one of them fails.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use writ_tasks::process::Session;

use super::list::Mutant;
use super::measure::Measured;
use super::suite::Outcome;

/// The time that tests may take in addition to a multiple of their usual time, before they count as hung.
const PATIENCE: Duration = Duration::from_secs(20);

/// The factor of the usual time of tests after which they count as hung.
const FACTOR: u32 = 4;

/// The result of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// No test that reaches the mutant has run yet.
    Untried,
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

/// The tests of a trial, by their distance from the mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Range {
    /// The tests of the library in the module of the mutant or beside it.
    Module,
    /// All other tests of the package.
    Package,
    /// The tests of other packages.
    Elsewhere,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Range::Module => "of their modules",
            Range::Package => "of their packages",
            Range::Elsewhere => "elsewhere",
        })
    }
}

/// A trial of mutants with tests.
pub struct Trial<'a> {
    /// All mutants.
    pub mutants: &'a [Mutant],
    /// All tests.
    pub suite: &'a [Measured<'a>],
    /// The distance of the tests that run.
    pub range: Range,
    /// The environment variables of the tests.
    pub variables: &'a [(String, String)],
}

impl Trial<'_> {
    /// Runs the tests that reach the mutants of a group, the nearest first, and returns a verdict for each mutant.
    ///
    /// All mutants of a group are on in one run. If the run fails, each mutant runs alone. A group of several is for
    /// mutants that most tests do not notice.
    pub fn run(&self, session: &Session, group: &[usize]) -> anyhow::Result<Vec<Verdict>> {
        let mut batches: Vec<_> = self.suite.iter().filter_map(|measured| self.batch(measured, group)).collect();
        batches.sort_by_key(|(is_beside, measured, _)| (*is_beside, measured.reach.time));
        let mut verdicts = vec![Verdict::Survived { tests: 0 }; group.len()];
        for (_, measured, places) in batches {
            for place in &places {
                if let Verdict::Survived { tests } = &mut verdicts[*place] {
                    *tests += measured.reach.passing.len();
                }
            }
            // A noticed mutant can hide the others, so these run again.
            loop {
                let open = |place: &&usize| matches!(verdicts[**place], Verdict::Survived { .. });
                let open: Vec<usize> = places.iter().filter(open).copied().collect();
                let noticed =
                    self.noticed(session, measured, &open.iter().map(|place| group[*place]).collect::<Vec<_>>())?;
                if noticed.is_empty() {
                    break;
                }
                for (place, verdict) in noticed {
                    verdicts[open[place]] = verdict;
                }
            }
        }
        Ok(verdicts)
    }

    /// Returns a batch with the places in the group of the mutants that it tests, and true if none of them is in its module.
    fn batch<'m>(&self, measured: &'m Measured<'m>, group: &[usize]) -> Option<(bool, &'m Measured<'m>, Vec<usize>)> {
        let distances = group.iter().enumerate().filter(|(_, number)| measured.reach.mutants.contains(number));
        let distances = distances.map(|(place, number)| (place, distance(measured, &self.mutants[*number])));
        let in_range = distances.filter(|(_, (range, _))| *range == self.range);
        let (places, distances): (Vec<_>, Vec<_>) = in_range.unzip();
        let (_, is_beside) = distances.into_iter().min()?;
        Some((is_beside, measured, places))
    }

    /// Runs a batch with mutants, and returns the places of those that it notices.
    fn noticed(
        &self,
        session: &Session,
        Measured { program, reach }: &Measured<'_>,
        mutants: &[usize],
    ) -> anyhow::Result<Vec<(usize, Verdict)>> {
        let limit = PATIENCE + reach.time * FACTOR;
        let run =
            |names: &[String], mutants: &[usize], limit| program.run(session, names, mutants, self.variables, limit);
        if mutants.is_empty() {
            return Ok(Vec::new());
        }
        let names = match run(&reach.passing, mutants, limit)? {
            Outcome::Passed => return Ok(Vec::new()),
            Outcome::Failed(names) if !names.is_empty() => names,
            Outcome::Failed(_) | Outcome::Hung => reach.passing.clone(),
        };
        // A test that fails only sometimes, or while the machine is busy, has not noticed a mutant.
        if run(&names, &[], limit * 2)? != Outcome::Passed {
            return Ok(Vec::new());
        }
        let mut noticed = Vec::new();
        for (place, mutant) in mutants.iter().enumerate() {
            let alone = || run(&names, &[*mutant], limit * 2);
            // The first run of a single mutant was alone.
            if mutants.len() > 1 && alone()? == Outcome::Passed {
                continue;
            }
            match alone()? {
                Outcome::Passed => {}
                Outcome::Failed(_) => noticed.push((place, Verdict::Caught)),
                Outcome::Hung => noticed.push((place, Verdict::Hung)),
            }
        }
        Ok(noticed)
    }
}

/// Returns the number of tests that reach a mutant.
pub fn reaching(number: usize, suite: &[Measured<'_>]) -> usize {
    let reaching = suite.iter().filter(|measured| measured.reach.mutants.contains(&number));
    reaching.map(|measured| measured.reach.passing.len()).sum()
}

/// Returns how far tests are from the mutant: their range, and false if they are in the module itself.
fn distance(measured: &Measured<'_>, mutant: &Mutant) -> (Range, bool) {
    let (program, names, modules) = (measured.program, &measured.reach.passing, modules(&mutant.file));
    let parent = modules.trim_end_matches("::").rsplit_once("::").map_or("", |(parent, _)| parent);
    let are_in = |modules: &str| !modules.is_empty() && names.iter().any(|name| name.starts_with(modules));
    let range = match program.package == mutant.package {
        true if program.is_library && (are_in(&modules) || are_in(parent)) => Range::Module,
        true => Range::Package,
        false => Range::Elsewhere,
    };
    (range, !are_in(&modules))
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
