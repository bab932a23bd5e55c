//! What compiles, and what the compiler refuses in words that name the fault.

use crate::contracts;
use crate::workspace::{COMPILED, Compiled};

#[test]
fn every_small_contract_compiles_without_a_warning() {
    let mut said = String::new();
    for subject in contracts::golden() {
        let compiled = &COMPILED[&subject.name];
        if !compiled.done || !compiled.messages.is_empty() {
            said.push_str(&format!("{} does not compile:\n", subject.name));
            compiled.messages.iter().for_each(|message| said.push_str(&message.rendered));
        }
    }
    assert!(said.is_empty(), "{said}");
}

/// The one error of a service that must not compile.
fn refusal(service: &str) -> (&'static str, &'static str) {
    let compiled: &'static Compiled = &COMPILED[service];
    assert!(!compiled.done, "{service} compiled");
    let mut errors = compiled.messages.iter().filter(|message| !message.code.is_empty());
    let error = errors.next().expect("an error");
    let more: Vec<&str> = errors.map(|message| message.rendered.as_str()).collect();
    assert!(more.is_empty(), "{service} has other faults too:\n{}", more.join("\n"));
    (&error.code, &error.rendered)
}

#[test]
fn a_status_that_the_contract_does_not_declare_does_not_compile() {
    let (code, rendered) = refusal("undeclared-status");
    assert_eq!(code, "E0277", "{rendered}");
    // The compiler names the status that was returned and the error of the operation that lacks it.
    assert!(rendered.contains("required for `GetOrderError` to implement `From<golden_shop::Conflict>`"), "{rendered}");
}

#[test]
fn a_domain_error_without_a_conversion_does_not_compile() {
    let (code, rendered) = refusal("unconverted-error");
    assert_eq!(code, "E0277", "{rendered}");
    assert!(rendered.contains("CreateOrderError") && rendered.contains("OutOfStock"), "{rendered}");
}

#[test]
fn a_forgotten_operation_does_not_compile_and_is_named() {
    let (code, rendered) = refusal("forgotten-operation");
    assert_eq!(code, "E0046", "{rendered}");
    assert!(rendered.contains("missing: `get_order`"), "{rendered}");
}

#[test]
fn a_status_out_of_its_range_does_not_compile() {
    let (code, rendered) = refusal("status-out-of-range");
    assert_eq!(code, "E0080", "{rendered}");
    assert!(rendered.contains("the contract does not allow this status here"), "{rendered}");
}
