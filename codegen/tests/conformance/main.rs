//! The official test suite of JSON Schema, run against generated code: it must accept exactly the instances
//! that the suite declares as valid. OpenAPI 3.0 uses draft 4, and OpenAPI 3.1 uses draft 2020-12.

mod addresses;
#[allow(dead_code, reason = "this test uses only some of the shared functions")]
#[path = "../generated/contracts.rs"]
mod contracts;
mod exceptions;
mod files;
mod program;
mod spec;
mod subschemas;
mod suite;
mod typed;
mod verdict;
#[allow(dead_code, reason = "this test uses only some of the shared functions")]
#[path = "../generated/workspace.rs"]
mod workspace;

use exceptions::Exceptions;
use spec::{Contract, Plan};
use suite::{Dialect, Group};
use verdict::Verdict;

#[test]
fn generated_code_accepts_exactly_the_valid_instances_of_the_official_suite() {
    let Some(folder) = suite::folder() else {
        println!("skipped: the folder ../shared/corpus/json-schema-suite does not exist");
        return;
    };
    let exceptions = Exceptions::read();
    let mut contracts: Vec<Contract> = Vec::new();
    for dialect in [Dialect::Draft4, Dialect::Draft202012] {
        let groups = suite::groups(&folder, dialect);
        let mut typed = typed::groups(dialect, &groups);
        if dialect == Dialect::Draft202012 {
            typed.extend(suite::own());
        }
        for (groups, typed) in [(groups, false), (typed, true)] {
            // Formats are annotations in `format.json`, and are validated in the optional files of the suite.
            let (annotations, checked): (Vec<Group>, Vec<Group>) =
                groups.into_iter().partition(|group| group.file.ends_with("/format.json"));
            for (groups, annotated) in [(checked, false), (annotations, true)] {
                contracts.push(spec::contract(Plan { dialect, typed, annotated }, groups, &exceptions));
            }
        }
    }
    let responses = program::responses(&contracts);
    let mut verdict = Verdict::default();
    for (contract, responses) in contracts.iter().zip(&responses) {
        verdict.judge(contract, responses, &exceptions);
    }
    verdict.report_unknown(&exceptions);
    println!("{verdict}");
    assert!(verdict.complaints.is_empty(), "{}", verdict.complaints.join("\n"));
}
