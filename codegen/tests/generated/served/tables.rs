//! The tables of requests, sent to the services of their contracts. `WRIT_BLESS=1` rewrites the responses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::contracts::{golden, reported};
use crate::served::table::{Case, Part, lines_of, parts};
use crate::served::wire::{EVERY, REPORTED, Service};

/// The golden contracts without a table, with the reasons.
const WITHOUT_TABLE: &[(&str, &str)] = &[
    ("empty", "it has no operation"),
    ("events", "it tests the publisher and the consumer of events, which `events.rs` beside this folder runs"),
    ("injection", "it tests that text does not become code"),
    ("interop", "it tests the code with other libraries"),
    ("media", "`media.rs` next to this folder sends its requests"),
    ("outgoing", "it tests the requests of a service, which `client.rs` next to this folder receives"),
    ("own", "`own.rs` sends its requests"),
    ("roundtrip", "a program of its own sends random requests, which `client.rs` next to this folder runs"),
    ("secrets", "`secrets.rs` next to this folder prints its values"),
    ("services", "it tests the structs of single services, of which the tests of the sample in `server/` serve two"),
    ("shop", "`shop.rs` sends its requests"),
    ("unwritten", "`unwritten.rs` sends its requests"),
    ("versions", "`versions.rs` next to this file sends its requests"),
];

/// Returns the names and paths of the tables in a folder of the tests.
fn tables(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let files = fs::read_dir(folder).expect("the tables").flatten().map(|entry| entry.path());
    let mut tables: Vec<(String, PathBuf)> =
        files.filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path.clone()))).collect();
    tables.sort();
    tables
}

/// Returns the name of a table's contract. The table `values.numbers.txt` is for the contract `values`.
fn contract(table: &str) -> &str {
    table.split('.').next().unwrap_or(table)
}

/// Sends the request of a case to a contract's service, and returns the lines of the response.
fn response(service: &Service, contract: &str, case: &Case) -> Vec<String> {
    let target = format!("/{contract}{}", case.target);
    lines_of(&service.send(&case.method, &target, &case.headers, &case.body))
}

#[test]
fn every_request_in_a_table_has_the_expected_response() {
    compare("served", &EVERY);
}

#[test]
fn every_reported_mistake_has_the_correct_response() {
    if reported().is_empty() {
        println!("skipped: there are no contracts in ../shared/corpus/wire");
        return;
    }
    compare("reported", &REPORTED);
}

/// Sends every request of the tables in a folder to a service and compares the responses.
fn compare(folder: &str, service: &Service) {
    let bless = std::env::var_os("WRIT_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, path) in tables(folder) {
        let text = fs::read_to_string(&path).expect("a table");
        let mut blessed = Vec::new();
        for part in parts(&text) {
            match part {
                Part::Text(line) => blessed.push(line),
                Part::Case(lines, case) => {
                    let lines_now = response(service, contract(&name), &case);
                    if lines_now != case.response {
                        let (expected, found) = (case.response.join("\n  "), lines_now.join("\n  "));
                        wrong.push(format!(
                            "{name}:{} {}\n  {} {}\n  {expected}\nbut the response is\n  {found}",
                            case.line, case.name, case.method, case.target
                        ));
                    }
                    blessed.extend(lines);
                    blessed.extend(lines_now);
                }
            }
        }
        if bless {
            fs::write(&path, blessed.join("\n") + "\n").expect("the table is written");
        }
    }
    assert!(bless || wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_case_has_a_sentence_and_every_contract_has_a_table() {
    let mut tested: BTreeSet<String> = BTreeSet::new();
    for (name, path) in tables("served") {
        for part in parts(&fs::read_to_string(&path).expect("a table")) {
            let Part::Case(_, case) = part else { continue };
            assert!(!case.name.is_empty() && !case.response.is_empty(), "{name}:{} is incomplete", case.line);
        }
        tested.insert(contract(&name).to_owned());
    }
    tested.extend(WITHOUT_TABLE.iter().map(|(name, _)| (*name).to_owned()));
    let all: BTreeSet<String> = golden().into_iter().map(|subject| subject.name.replacen("golden-", "", 1)).collect();
    assert_eq!(tested, all, "each golden contract needs a table, or a reason in WITHOUT_TABLE");
}
