//! Every slip of a designer is answered by these words, exactly. `WRIT_BLESS=1` writes them anew.

use std::path::{Path, PathBuf};

use writ_codegen::diagnostic::{Diagnostics, render, render_json_lines};
use writ_codegen::document::{LoadOptions, load};

/// What is said of a contract.
fn said(path: &str, strict: bool) -> String {
    let mut diagnostics = Diagnostics::new();
    // Relative to the crate, where cargo runs tests: the words name the same file everywhere.
    let options = LoadOptions { strict, ..LoadOptions::default() };
    load(Path::new(path), &options, &mut diagnostics);
    render(&diagnostics, diagnostics.sources(), false)
}

fn golden(path: &Path, said: &str) -> Result<(), String> {
    if std::env::var_os("WRIT_BLESS").is_some() {
        return std::fs::write(path, said).map_err(|error| error.to_string());
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == said {
        return Ok(());
    }
    Err(format!("{} has other words; now it says:\n{said}", path.display()))
}

/// The contracts of the folder; those that others refer to lie in folders within.
fn contracts() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("tests/diagnostics").into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| path.is_file());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|it| it != "txt")).collect();
    files.sort();
    files
}

#[test]
fn every_slip_is_answered_in_these_words() {
    let contracts = contracts();
    assert!(contracts.len() > 9, "the contracts are there");
    let different: Vec<String> = contracts
        .iter()
        .filter_map(|path| golden(&path.with_extension("txt"), &said(&path.to_string_lossy(), false)).err())
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn the_same_contract_is_answered_in_the_same_words_again() {
    for path in contracts() {
        let path = path.to_string_lossy();
        assert_eq!(said(&path, true), said(&path, true), "{path}");
    }
}

#[test]
fn strict_reading_makes_errors_of_what_would_have_no_effect() {
    let path = "tests/diagnostics/misspelt_field.yaml";
    assert!(said(path, false).contains("warning[unknown-field]: unknown field `colour`"));
    assert!(said(path, true).contains("error[unknown-field]: unknown field `colour`"));
}

#[test]
fn an_editor_reads_one_json_object_a_line() {
    let mut diagnostics = Diagnostics::new();
    load(Path::new("tests/diagnostics/misspelt_field.yaml"), &LoadOptions::default(), &mut diagnostics);
    let lines = render_json_lines(&diagnostics, diagnostics.sources());
    let records: Vec<serde_json::Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(records.len(), lines.lines().count());
    assert_eq!(records[0]["code"], "unknown-field");
    assert_eq!(records[0]["primary"]["at"]["line"], 8);
    assert_eq!(records[0]["primary"]["at"]["column"], 7);
    assert_eq!(records[0]["help"]["with"], "operationId");
}

#[test]
fn the_contract_of_this_project_is_read_strictly_without_a_word() {
    let mut diagnostics = Diagnostics::new();
    let entry = Path::new("../spec/v1/openapi.yaml");
    // Versions share `common` beside them: references may go as far as the folder of all.
    let options = LoadOptions { strict: true, root: Some(PathBuf::from("../spec")) };
    let document = load(entry, &options, &mut diagnostics);
    assert_eq!(render(&diagnostics, diagnostics.sources(), false), "");
    let document = document.expect("the contract is read");
    assert!(document.sources.ids().any(|file| document.sources.shown(file) == "../spec/common/responses.yaml"));
    let mut outside = Diagnostics::new();
    load(entry, &LoadOptions::default(), &mut outside);
    assert!(render(&outside, outside.sources(), false).contains("error[ref-outside]"));
}

#[test]
fn a_reference_leads_to_its_node_and_a_place_names_it() {
    let mut diagnostics = Diagnostics::new();
    let options = LoadOptions::default();
    let entry = Path::new("tests/diagnostics/several_files.yaml");
    let document = load(entry, &options, &mut diagnostics).expect("the contract is read");
    // Through the `$ref` that stands for the path item, into its file.
    let pointer = "#/paths/~1v1~1users~1%7BuserId%7D/get/responses/200";
    let response = document.resolve(document.root, pointer).expect("it is there");
    assert_eq!(document.sources.shown(response.place.file), "tests/diagnostics/parts/user_path.yaml");
    assert_eq!(response.place.to_string(), "#/get/responses/200");
    let target = document.follow(response).expect("it is there");
    assert_eq!((target.place.to_string().as_str(), target.place.name().as_deref()), ("#/User", Some("User")));
    assert_eq!(target.get("description").and_then(|it| it.node.as_str()), Some("A user."));
    let dangling = document.resolve(document.root, "#/pathes/x").err().map(|error| error.to_string());
    assert_eq!(dangling.as_deref(), Some("nothing is there"));
}
