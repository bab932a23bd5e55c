//! Clients of golden contracts, asking their services over HTTP.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::workspace::{CLIENT, COMPILED, MEDIA, SERVED};

/// A running service. It ends when its input is closed, so that none is left behind.
struct Service {
    process: Child,
    address: String,
}

impl Service {
    fn start(name: &str) -> Service {
        let program = COMPILED[name].executable.as_ref().unwrap_or_else(|| panic!("{:#?}", COMPILED[name]));
        let mut process =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut address = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut address).expect("its address");
        Service { process, address: address.trim().to_owned() }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Runs a scenario of the program that calls, against a service.
fn play(scenario: &str, service: &str) {
    let compiled = &COMPILED[CLIENT];
    let rendered: String = compiled.messages.iter().map(|message| message.rendered.as_str()).collect();
    let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{rendered}"));
    let service = Service::start(service);
    let finished = Command::new(program).args([scenario, &service.address]).output().expect("the client starts");
    let said = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success() && finished.stdout == b"done\n", "{said}");
}

#[test]
fn every_style_of_parameters_comes_back() {
    play("styles", SERVED);
}

#[test]
fn what_cannot_be_written_is_not_sent() {
    play("unsent", SERVED);
}

#[test]
fn pages_sort_keys_conditions_and_keys_come_back() {
    play("policies", SERVED);
}

#[test]
fn every_body_comes_back() {
    play("bodies", SERVED);
}

#[test]
fn forms_and_files_come_back() {
    play("forms", MEDIA);
}

#[test]
fn every_answer_is_the_variant_of_its_status() {
    play("answers", SERVED);
}

#[test]
fn media_types_are_chosen_by_variant() {
    play("media", MEDIA);
}

#[test]
fn streams_arrive_as_streams() {
    play("streams", MEDIA);
}

#[test]
fn an_answer_that_is_not_the_contracts_is_told() {
    play("invalid", SERVED);
}

#[test]
fn security_schemes_are_met_in_and_and_or() {
    play("credentials", SERVED);
}

#[test]
fn webhooks_and_callbacks_are_typed_calls() {
    play("outgoing", SERVED);
}

#[test]
fn parts_of_webhooks_and_callbacks_are_sent() {
    play("outgoing parts", SERVED);
}

#[test]
fn types_are_values_of_serde() {
    play("serde", SERVED);
}
