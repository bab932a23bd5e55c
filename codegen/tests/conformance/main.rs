//! The official test suite of JSON Schema against generated code: what it calls valid is let in, and
//! nothing else. Draft 4 is for OpenAPI 3.0 and draft 2020-12 for 3.1.

mod addresses;
#[allow(dead_code, reason = "of the other tests' machinery only a part is used here")]
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
#[allow(dead_code, reason = "of the other tests' machinery only a part is used here")]
#[path = "../generated/workspace.rs"]
mod workspace;

use exceptions::Exceptions;
use spec::{Contract, Plan};
use suite::{Dialect, Group};
use verdict::Verdict;

#[test]
fn generated_code_lets_in_what_the_official_suite_calls_valid_and_nothing_else() {
    let Some(folder) = suite::folder() else {
        println!("skipped: there is no suite beside the repository");
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
            // There formats are annotations; among the options of the suite they are checked.
            let (told, checked): (Vec<Group>, Vec<Group>) =
                groups.into_iter().partition(|group| group.file.ends_with("/format.json"));
            for (groups, annotated) in [(checked, false), (told, true)] {
                contracts.push(spec::contract(Plan { dialect, typed, annotated }, groups, &exceptions));
            }
        }
    }
    let answers = program::answers(&contracts);
    let mut verdict = Verdict::default();
    for (contract, answers) in contracts.iter().zip(&answers) {
        verdict.judge(contract, answers, &exceptions);
    }
    verdict.unknown(&exceptions);
    println!("{verdict}");
    assert!(verdict.complaints.is_empty(), "{}", verdict.complaints.join("\n"));
}
