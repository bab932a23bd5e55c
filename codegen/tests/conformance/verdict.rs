//! What came of it: counts, and what is not as it should be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::exceptions::Exceptions;
use crate::program::Answer;
use crate::spec::Contract;
use crate::suite::Group;

/// The outcome of all dialects.
#[derive(Debug, Default)]
pub struct Verdict {
    counts: BTreeMap<String, Counts>,
    /// The exceptions that were met.
    met: BTreeSet<String>,
    /// What fails and is not listed, and what is listed and passes.
    pub complaints: Vec<String>,
}

/// Tests of a dialect.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    passed: usize,
    listed: usize,
    failed: usize,
}

impl Verdict {
    /// Holds the answers of a dialect to the suite and to the list.
    pub fn judge(&mut self, contract: &Contract, answers: &[Vec<Answer>], exceptions: &Exceptions) {
        let plan = contract.plan.name();
        let counted = |group: &Group| match group.file.contains("/optional/format/") {
            true => "formats".to_owned(),
            false => contract.plan.counted(),
        };
        for (group, why) in &contract.refused {
            let name = group.name();
            let counts = self.counts.entry(counted(group)).or_default();
            if exceptions.lists(&name) {
                counts.listed += group.tests.len();
                self.met.insert(name);
            } else {
                counts.failed += group.tests.len();
                self.complaints.push(format!("{plan} refuses {name}\n    {why}"));
            }
        }
        for (group, answers) in contract.groups.iter().zip(answers) {
            let counts = self.counts.entry(counted(group)).or_default();
            if exceptions.lists(&group.name()) {
                self.met.insert(group.name());
                self.complaints.push(format!("{plan} does not refuse, as is listed: {}", group.name()));
            }
            for (test, answer) in group.tests.iter().zip(answers) {
                let name = format!("{} > {}", group.name(), test.description);
                let right = match test.valid {
                    true => answer.status == 204,
                    false => matches!(answer.status, 400 | 422) && answer.violations > 0,
                };
                match (right, exceptions.lists(&name)) {
                    (true, false) => counts.passed += 1,
                    (false, true) => {
                        counts.listed += 1;
                        self.met.insert(name);
                    }
                    (true, true) => {
                        counts.passed += 1;
                        self.met.insert(name.clone());
                        self.complaints.push(format!("{plan} passes, and is listed: {name}"));
                    }
                    (false, false) => {
                        counts.failed += 1;
                        self.complaints
                            .push(format!("{name}\n    {} got {}: {}", test.data, answer.status, answer.body));
                    }
                }
            }
        }
    }

    /// Complains of entries that name nothing.
    pub fn unknown(&mut self, exceptions: &Exceptions) {
        for (entry, reason) in exceptions.all() {
            if !self.met.contains(entry) {
                self.complaints.push(format!("listed, and not in the suite: {entry} ({reason})"));
            }
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, counts) in &self.counts {
            writeln!(f, "{name}: {} passed, {} listed, {} failed", counts.passed, counts.listed, counts.failed)?;
        }
        Ok(())
    }
}
