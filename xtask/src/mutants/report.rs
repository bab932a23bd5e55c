//! The result of a run.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::compile::Sources;
use super::list::Mutant;
use super::trial::Verdict;

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The results by the numbers of the mutants that are tried: the first in the order of the draw that can be.
    verdicts: BTreeMap<usize, Verdict>,
    /// The names of tests that fail without a mutant, and so count for none.
    pub failing: Vec<String>,
    /// The number of mutants before the last tried one that do not compile.
    unviable: usize,
    /// The number of mutants before the last tried one that have no toggle.
    fixed: usize,
}

impl Report {
    /// Chooses the first `count` mutants that can be tried.
    pub fn new(mutants: &[Mutant], sources: &Sources<'_>, count: usize) -> Self {
        let mut report = Self::default();
        for number in 0..mutants.len() {
            if report.verdicts.len() == count {
                break;
            } else if sources.fixed.contains(&number) {
                report.fixed += 1;
            } else if sources.unviable.contains(&number) {
                report.unviable += 1;
            } else {
                report.verdicts.insert(number, Verdict::Survived { tests: 0 });
            }
        }
        report
    }

    /// Returns the numbers of the mutants that no test has noticed yet.
    pub fn survivors(&self) -> Vec<usize> {
        let survivors = self.verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Survived { .. }));
        survivors.map(|(number, _)| *number).collect()
    }

    /// Adds the results of further tests of survivors.
    pub fn add(&mut self, verdicts: impl IntoIterator<Item = (usize, Verdict)>) {
        for (number, verdict) in verdicts {
            let before = self.verdicts.get(&number);
            let verdict = match (before, verdict) {
                (Some(Verdict::Survived { tests }), Verdict::Survived { tests: more }) => {
                    Verdict::Survived { tests: tests + more }
                }
                (_, verdict) => verdict,
            };
            self.verdicts.insert(number, verdict);
        }
    }

    /// Returns the figures, and the mutants that survived.
    pub fn text(&self, mutants: &[Mutant]) -> String {
        let survivors = self.survivors();
        let hung = self.verdicts.values().filter(|verdict| **verdict == Verdict::Hung).count();
        let (tried, survived) = (self.verdicts.len(), survivors.len());
        let drawn = tried + self.unviable + self.fixed;
        let mut text = format!(
            "drawn {drawn}, not compiling {}, without a toggle {}, tried {tried}\n\
             caught {} (of these by a timeout {hung}), survived {survived}: {:.1} % caught\n",
            self.unviable,
            self.fixed,
            tried - survived,
            100.0 * (tried - survived) as f64 / tried.max(1) as f64,
        );
        for number in survivors {
            let _ = writeln!(text, "{}: {}", self.verdicts[&number], mutants[number].name);
        }
        for test in &self.failing {
            let _ = writeln!(text, "fails without a mutant: {test}");
        }
        text
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught => write!(f, "caught"),
            Self::Hung => write!(f, "timed out"),
            Self::Survived { tests } => write!(f, "survived {tests} tests"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_tests_can_catch_a_survivor_of_earlier_ones() {
        let survived = |tests| Verdict::Survived { tests };
        let mut report = Report { verdicts: (0..4).map(|number| (number, survived(0))).collect(), ..Report::default() };
        report.add([(0, Verdict::Caught), (1, survived(2)), (2, survived(3)), (3, Verdict::Hung)]);
        assert_eq!(report.survivors(), [1, 2]);
        report.add([(1, Verdict::Caught), (2, survived(1))]);
        assert_eq!((report.survivors(), &report.verdicts[&2]), (vec![2], &survived(4)));
    }
}
