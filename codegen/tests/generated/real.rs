//! Published contracts keep every operation.

use crate::contracts;
use crate::inventory::{in_contract, listed, trait_methods};
use crate::workspace::COMPILED;

#[test]
fn published_contracts_keep_every_operation_and_compile_without_a_warning() {
    let subjects = contracts::real();
    if subjects.len() < 5 {
        println!("skipped {} of 5 contracts: there is no corpus beside the repository", 5 - subjects.len());
    }
    for subject in subjects {
        let output = contracts::generated(&subject.entry);
        let expected = in_contract(&subject.entry);
        assert!(expected > 0, "{} has operations", subject.name);
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
    for subject in contracts::golden() {
        let output = contracts::generated(&subject.entry);
        let expected = in_contract(&subject.entry);
        // Its settings ask for one tag of two: the other one's operation is listed, to be answered 501.
        let others = if subject.name == "golden-unwritten" { 1 } else { 0 };
        // Each webhook is a trait method of nobody and is not listed.
        assert_eq!(
            (trait_methods(&output) + others, listed(&output)),
            (expected, expected),
            "methods and entries of {}",
            subject.name
        );
    }
}
