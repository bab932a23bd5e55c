//! The result of a run.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::compile::Sources;
use super::known;
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
    /// Chooses the first `count` mutants that can be tried, with the results of earlier runs.
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
                let verdict = match sources.known(number) {
                    Some(known::Result::Caught) => Verdict::Caught,
                    Some(known::Result::Hung) => Verdict::Hung,
                    Some(known::Result::Survived { .. } | known::Result::Unviable) | None => Verdict::Untried,
                };
                report.verdicts.insert(number, verdict);
            }
        }
        report
    }

    /// Returns true if no test has noticed a mutant yet.
    pub fn is_open(&self, number: usize) -> bool {
        matches!(self.verdicts.get(&number), Some(Verdict::Untried | Verdict::Survived { .. }))
    }

    /// Returns the numbers of the mutants that no test has noticed yet.
    pub fn open(&self) -> Vec<usize> {
        self.verdicts.keys().copied().filter(|number| self.is_open(*number)).collect()
    }

    /// Adds the result of further tests of a mutant that no test has noticed yet.
    pub fn add(&mut self, number: usize, verdict: Verdict) {
        let verdict = match (self.verdicts.get(&number), verdict) {
            (Some(Verdict::Survived { tests }), Verdict::Survived { tests: more }) => {
                Verdict::Survived { tests: tests + more }
            }
            (_, verdict) => verdict,
        };
        self.verdicts.insert(number, verdict);
    }

    /// Returns the figures, and the mutants that survived.
    pub fn text(&self, mutants: &[Mutant]) -> String {
        let count = |wanted: fn(&Verdict) -> bool| self.verdicts.values().filter(|verdict| wanted(verdict)).count();
        let survived = count(|verdict| matches!(verdict, Verdict::Survived { .. }));
        let hung = count(|verdict| *verdict == Verdict::Hung);
        let untried = count(|verdict| *verdict == Verdict::Untried);
        let tried = self.verdicts.len() - untried;
        let drawn = self.verdicts.len() + self.unviable + self.fixed;
        let mut text = format!(
            "drawn {drawn}, not compiling {}, without a toggle {}, tried {tried}, not tried yet {untried}\n\
             caught {} (of these by a timeout {hung}), survived {survived}: {:.1} % caught\n",
            self.unviable,
            self.fixed,
            tried - survived,
            100.0 * (tried - survived) as f64 / tried.max(1) as f64,
        );
        for (number, verdict) in &self.verdicts {
            if let Verdict::Survived { .. } = verdict {
                let _ = writeln!(text, "{verdict}: {}", mutants[*number].name);
            }
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
            Self::Untried => write!(f, "not tried"),
            Self::Caught => write!(f, "caught"),
            Self::Hung => write!(f, "timed out"),
            Self::Survived { tests: 0 } => write!(f, "reached by no test"),
            Self::Survived { tests } => write!(f, "survived {tests} tests"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::list::named;
    use super::*;

    #[test]
    fn later_tests_can_catch_a_survivor_of_earlier_ones() {
        let verdicts = (0..5).map(|number| (number, Verdict::Untried)).collect();
        let mut report = Report { verdicts, ..Report::default() };
        let survived = |tests| Verdict::Survived { tests };
        for (number, verdict) in [(0, Verdict::Caught), (1, survived(2)), (2, survived(3)), (3, Verdict::Hung)] {
            report.add(number, verdict);
        }
        assert_eq!(report.open(), [1, 2, 4]);
        report.add(1, Verdict::Caught);
        report.add(2, survived(1));
        assert_eq!((report.open(), &report.verdicts[&2]), (vec![2, 4], &survived(4)));
        let text = report.text(&["a", "b", "c", "d", "e"].map(named));
        assert!(
            text.contains("tried 4, not tried yet 1\ncaught 3 (of these by a timeout 1), survived 1: 75.0 %"),
            "{text}"
        );
        assert!(text.ends_with("survived 4 tests: c\n"), "{text}");
    }
}
