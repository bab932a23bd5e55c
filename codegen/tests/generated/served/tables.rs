//! Every table of requests, asked of the service of its contract. `WRIT_BLESS=1` writes the answers anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::contracts::golden;
use crate::served::table::{Case, Part, parts, told};
use crate::served::wire::EVERY;

/// Golden contracts that no table is about, and why.
const UNASKED: &[(&str, &str)] = &[
    ("empty", "it has no operation"),
    ("injection", "it is about text that must not become code"),
    ("interop", "it is about what other libraries make of the code"),
    ("media", "it is asked case by case, in `media.rs` beside this folder"),
    ("outgoing", "it is about what a service sends, which `client.rs` beside this folder receives"),
    ("own", "it is asked case by case, in `own.rs`"),
    ("shop", "it is asked case by case, in `shop.rs`"),
    ("unwritten", "it is asked case by case, in `unwritten.rs`"),
];

fn tables() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/served");
    let files = fs::read_dir(folder).expect("the tables").flatten().map(|entry| entry.path());
    let mut tables: Vec<(String, PathBuf)> =
        files.filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path.clone()))).collect();
    tables.sort();
    tables
}

/// The contract of a table: `values.numbers.txt` is one more about `values`.
fn contract(table: &str) -> &str {
    table.split('.').next().unwrap_or(table)
}

fn answer(contract: &str, case: &Case) -> Vec<String> {
    let target = format!("/{contract}{}", case.target);
    told(&EVERY.ask(&case.method, &target, &case.headers, &case.body))
}

#[test]
fn every_request_of_every_table_is_answered_as_the_table_says() {
    let bless = std::env::var_os("WRIT_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, path) in tables() {
        let text = fs::read_to_string(&path).expect("a table");
        let mut blessed = Vec::new();
        for part in parts(&text) {
            match part {
                Part::Text(line) => blessed.push(line),
                Part::Case(lines, case) => {
                    let said = answer(contract(&name), &case);
                    if said != case.answer {
                        let (expected, said) = (case.answer.join("\n  "), said.join("\n  "));
                        wrong.push(format!(
                            "{name}:{} {}\n  {} {}\n  {expected}\nbut it was\n  {said}",
                            case.line, case.name, case.method, case.target
                        ));
                    }
                    blessed.extend(lines);
                    blessed.extend(said);
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
fn every_case_has_a_sentence_and_every_contract_a_table() {
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for (name, path) in tables() {
        for part in parts(&fs::read_to_string(&path).expect("a table")) {
            let Part::Case(_, case) = part else { continue };
            assert!(!case.name.is_empty() && !case.answer.is_empty(), "{name}:{} is not whole", case.line);
        }
        asked.insert(contract(&name).to_owned());
    }
    asked.extend(UNASKED.iter().map(|(name, _)| (*name).to_owned()));
    let all: BTreeSet<String> = golden().into_iter().map(|subject| subject.name.replacen("golden-", "", 1)).collect();
    assert_eq!(asked, all, "each golden contract is asked over HTTP, or listed with the reason why not");
}
