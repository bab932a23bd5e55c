//! The result of the comparison with the suite: counts, and the unexpected results.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::exceptions::Exceptions;
use crate::program::Response;
use crate::spec::Contract;
use crate::suite::Group;

/// The results of all contracts.
#[derive(Debug, Default)]
pub struct Verdict {
    counts: BTreeMap<String, Counts>,
    /// The exceptions that applied to a group or a test.
    applied: BTreeSet<String>,
    /// Failures that are not in the list of exceptions, and exceptions that pass or do not exist.
    pub complaints: Vec<String>,
}

/// The numbers of tests with each result.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    passed: usize,
    listed: usize,
    failed: usize,
}

impl Verdict {
    /// Compares the responses of a contract with the suite and with the exceptions.
    pub fn judge(&mut self, contract: &Contract, responses: &[Vec<Response>], exceptions: &Exceptions) {
        let plan = contract.plan.name();
        let counted = |group: &Group| match group.file.contains("/optional/format/") {
            true => "formats".to_owned(),
            false => contract.plan.counted(),
        };
        for (group, why) in &contract.rejected {
            let name = group.name();
            let counts = self.counts.entry(counted(group)).or_default();
            if exceptions.lists(&name) {
                counts.listed += group.tests.len();
                self.applied.insert(name);
            } else {
                counts.failed += group.tests.len();
                self.complaints.push(format!("{plan} rejects {name}\n    {why}"));
            }
        }
        for (group, responses) in contract.groups.iter().zip(responses) {
            let counts = self.counts.entry(counted(group)).or_default();
            if exceptions.lists(&group.name()) {
                self.applied.insert(group.name());
                self.complaints.push(format!("{plan} accepts {}, which is listed as rejected", group.name()));
            }
            for (test, response) in group.tests.iter().zip(responses) {
                let name = format!("{} > {}", group.name(), test.description);
                let right = match test.valid {
                    true => response.status == 204,
                    false => matches!(response.status, 400 | 422) && response.violations > 0,
                };
                match (right, exceptions.lists(&name)) {
                    (true, false) => counts.passed += 1,
                    (false, true) => {
                        counts.listed += 1;
                        self.applied.insert(name);
                    }
                    (true, true) => {
                        counts.passed += 1;
                        self.applied.insert(name.clone());
                        self.complaints.push(format!("{plan} passes a listed exception: {name}"));
                    }
                    (false, false) => {
                        counts.failed += 1;
                        self.complaints.push(format!(
                            "{name}\n    {} has the response {}: {}",
                            test.data, response.status, response.body
                        ));
                    }
                }
            }
        }
    }

    /// Adds a complaint for each exception that names no group and no test.
    pub fn report_unknown(&mut self, exceptions: &Exceptions) {
        for (entry, reason) in exceptions.all() {
            if !self.applied.contains(entry) {
                self.complaints.push(format!("listed, but not in the suite: {entry} ({reason})"));
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
