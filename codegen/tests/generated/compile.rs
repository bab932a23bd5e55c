//! Code that compiles, and code that the compiler must reject with a helpful message.

use std::fs;

use crate::contracts::{self, root};
use crate::workspace::{COMPILED, Compiled, Message, STUBS};

#[test]
fn every_small_contract_compiles_without_a_warning() {
    let mut report = String::new();
    for subject in contracts::golden() {
        let compiled = &COMPILED[&subject.name];
        if !compiled.done || !compiled.messages.is_empty() {
            report.push_str(&format!("{} does not compile:\n", subject.name));
            compiled.messages.iter().for_each(|message| report.push_str(&message.rendered));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_stub_compiles_as_printed() {
    let compiled = &COMPILED[STUBS];
    let messages: Vec<&str> = compiled.messages.iter().map(|message| message.rendered.as_str()).collect();
    assert!(compiled.done && messages.is_empty(), "{}", messages.join("\n"));
}

/// Returns the only error of a service that must not compile.
fn refusal(service: &str) -> &'static Message {
    let compiled: &'static Compiled = &COMPILED[service];
    assert!(!compiled.done, "{service} compiled");
    let mut errors = compiled.messages.iter().filter(|message| !message.code.is_empty());
    let error = errors.next().expect("an error");
    let more: Vec<&str> = errors.map(|message| message.rendered.as_str()).collect();
    assert!(more.is_empty(), "{service} has other errors too:\n{}", more.join("\n"));
    error
}

/// Compares the error of a service with the `.stderr` file next to its source. `WRIT_BLESS=1` rewrites the
/// file.
fn assert_refusal(service: &str) {
    let error = refusal(service);
    let stderr = error.rendered.replace(&format!("{}/", root().display()), "");
    let file = root().join(format!("codegen/tests/services/{}.stderr", service.replace('-', "_")));
    if std::env::var_os("WRIT_BLESS").is_some() {
        return fs::write(file, stderr).expect("the expected text is written");
    }
    let expected = fs::read_to_string(&file).expect("the expected text");
    assert!(stderr == expected, "{service}: the compiler prints\n{stderr}\ninstead of\n{expected}");
}

#[test]
fn a_status_that_the_contract_does_not_declare_does_not_compile() {
    assert_refusal("undeclared-status");
    assert_refusal("undeclared-status-into");
}

#[test]
fn a_refusal_of_the_runtime_whose_status_is_not_declared_does_not_compile() {
    assert_refusal("undeclared-refusal");
    assert_refusal("unknown-refusal");
}

#[test]
fn a_domain_error_without_a_conversion_does_not_compile() {
    assert_refusal("unconverted-error");
}

#[test]
fn a_missing_operation_does_not_compile_and_is_named() {
    assert_refusal("forgotten-operation");
}

#[test]
fn a_security_scheme_that_the_authenticator_does_not_handle_does_not_compile_and_is_named() {
    assert_refusal("forgotten-scheme");
}

#[test]
fn a_missing_conversion_between_versions_does_not_compile_and_is_named() {
    assert_refusal("forgotten-version");
}

#[test]
fn a_missing_conversion_of_problems_does_not_compile_and_is_named() {
    assert_refusal("forgotten-conversion");
}

#[test]
fn publishing_an_event_outside_of_a_transaction_does_not_compile() {
    assert_refusal("event-on-a-pool");
}

#[test]
fn a_consumer_of_the_data_of_another_event_does_not_compile() {
    assert_refusal("event-of-another-type");
}

#[test]
fn a_status_out_of_its_range_does_not_compile() {
    let Message { code, rendered } = refusal("status-out-of-range");
    assert_eq!(code, "E0080", "{rendered}");
    assert!(rendered.contains("the contract does not allow this status here"), "{rendered}");
}
