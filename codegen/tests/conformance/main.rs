//! The official test suite of JSON Schema against generated code: what it calls valid is let in, and
//! nothing else. Draft 4 is for OpenAPI 3.0 and draft 2020-12 for 3.1.

#[allow(dead_code, reason = "of the other tests' machinery only a part is used here")]
#[path = "../generated/contracts.rs"]
mod contracts;
mod exceptions;
mod program;
mod spec;
mod suite;
mod verdict;
#[allow(dead_code, reason = "of the other tests' machinery only a part is used here")]
#[path = "../generated/workspace.rs"]
mod workspace;

use exceptions::Exceptions;
use spec::Contract;
use suite::Dialect;
use verdict::Verdict;

#[test]
fn generated_code_lets_in_what_the_official_suite_calls_valid_and_nothing_else() {
    let Some(folder) = suite::folder() else {
        println!("skipped: there is no suite beside the repository");
        return;
    };
    let exceptions = Exceptions::read();
    let contracts: Vec<Contract> = [Dialect::Draft4, Dialect::Draft202012]
        .into_iter()
        .map(|dialect| spec::contract(dialect, suite::groups(&folder, dialect), &exceptions))
        .collect();
    let answers = program::answers(&contracts);
    let mut verdict = Verdict::default();
    for (contract, answers) in contracts.iter().zip(&answers) {
        verdict.judge(contract, answers, &exceptions);
    }
    verdict.unknown(&exceptions);
    println!("{verdict}");
    assert!(verdict.complaints.is_empty(), "{}", verdict.complaints.join("\n"));
}
