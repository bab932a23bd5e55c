//! Generated clients of golden contracts, which call the services of these contracts over HTTP.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::workspace::{CLIENT, COMPILED, MEDIA, ROUNDTRIP, SERVED};

/// A running service. It stops when its standard input is closed, so that no process remains.
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

/// The number of random requests in an ordinary run of the tests.
const ROUNDS: &str = "30000";

#[test]
fn a_service_reads_every_request_of_its_client_as_it_was() {
    // `WRIT_ROUNDS=1000000` runs the long form. `WRIT_SEED` repeats a failure.
    let of = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let compiled = &COMPILED[ROUNDTRIP];
    let rendered: String = compiled.messages.iter().map(|message| message.rendered.as_str()).collect();
    let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{rendered}"));
    let arguments = [of("WRIT_ROUNDS", ROUNDS), of("WRIT_SEED", "0")];
    let finished = Command::new(program).args(&arguments).output().expect("the program starts");
    let stderr = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success() && finished.stdout == b"done\n", "{stderr}");
    println!("{stderr}");
}

/// Runs a scenario of the client program against a service.
fn play(scenario: &str, service: &str) {
    let compiled = &COMPILED[CLIENT];
    let rendered: String = compiled.messages.iter().map(|message| message.rendered.as_str()).collect();
    let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{rendered}"));
    let service = Service::start(service);
    let finished = Command::new(program).args([scenario, &service.address]).output().expect("the client starts");
    let stderr = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success() && finished.stdout == b"done\n", "{stderr}");
}

#[test]
fn every_parameter_style_survives_a_round_trip() {
    play("styles", SERVED);
}

#[test]
fn an_invalid_request_is_not_sent() {
    play("unsent", SERVED);
}

#[test]
fn pages_sort_keys_conditions_and_idempotency_keys_survive_a_round_trip() {
    play("policies", SERVED);
}

#[test]
fn the_pages_of_every_list_are_requested_in_turn() {
    play("lists", SERVED);
}

#[test]
fn a_list_that_does_not_end_is_a_failure() {
    play("endless", SERVED);
}

#[test]
fn every_body_survives_a_round_trip() {
    play("bodies", SERVED);
}

#[test]
fn forms_and_files_survive_a_round_trip() {
    play("forms", MEDIA);
}

#[test]
fn files_and_styles_of_forms_survive_a_round_trip() {
    play("uploads", SERVED);
}

#[test]
fn every_response_is_the_variant_of_its_status() {
    play("responses", SERVED);
}

#[test]
fn the_variant_of_a_body_selects_its_media_type() {
    play("media", MEDIA);
}

#[test]
fn streams_arrive_as_streams() {
    play("streams", MEDIA);
}

#[test]
fn a_response_that_violates_the_contract_is_an_error() {
    play("invalid", SERVED);
}

#[test]
fn credentials_satisfy_requirements_with_and_and_or() {
    play("credentials", SERVED);
}

#[test]
fn webhooks_and_callbacks_are_typed_calls() {
    play("outgoing", SERVED);
}

#[test]
fn forms_of_webhooks_and_callbacks_are_sent() {
    play("outgoing parts", SERVED);
}

#[test]
fn generated_types_implement_serde() {
    play("serde", SERVED);
}

#[test]
fn the_features_of_version_3_2_survive_a_round_trip() {
    play("version 3.2", SERVED);
}
