//! Operation counts: the generated code contains every operation of published and golden contracts.

use crate::contracts;
use crate::inventory::{in_contract, listed, trait_methods};
use crate::workspace::COMPILED;

#[test]
fn published_contracts_keep_every_operation_and_compile_without_a_warning() {
    let subjects = contracts::real();
    if subjects.len() < 5 {
        println!("skipped {} of 5 contracts: they are not in ../shared/corpus/real", 5 - subjects.len());
    }
    for subject in subjects {
        let output = contracts::generated(&subject.entry);
        let expected = in_contract(&subject.entry);
        assert!(expected > 0, "{} has no operations", subject.name);
        assert_eq!(
            (trait_methods(&output), listed(&output)),
            (expected, expected),
            "methods and entries of {}",
            subject.name
        );
        let compiled = &COMPILED[&subject.name];
        assert!(compiled.done && compiled.messages.is_empty(), "{}: {compiled:#?}", subject.name);
    }
}

#[test]
fn small_contracts_keep_every_operation() {
    for subject in contracts::golden().into_iter().filter(|subject| !contracts::has_versions(subject)) {
        let output = contracts::generated(&subject.entry);
        let expected = in_contract(&subject.entry);
        // The settings of this contract select one of two tags. The operations of the other tag are listed and
        // respond with 501.
        let others = if subject.name == "golden-unwritten" { 2 } else { 0 };
        // The overlays of this contract remove one operation, and add none.
        let expected = if subject.name == "golden-overlaid" { expected - 1 } else { expected };
        // A webhook has no trait method for the service and is not listed.
        assert_eq!(
            (trait_methods(&output) + others, listed(&output)),
            (expected, expected),
            "methods and entries of {}",
            subject.name
        );
    }
}
