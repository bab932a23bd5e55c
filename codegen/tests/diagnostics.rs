//! Every slip of a designer is answered by these words, exactly. `WRIT_BLESS=1` writes them anew.

use std::path::{Path, PathBuf};

use writ_codegen::diagnostic::{Diagnostics, render, render_json_lines};
use writ_codegen::document::{LoadOptions, load};

/// What is said of a contract.
fn said(path: &str, strict: bool) -> String {
    let mut diagnostics = Diagnostics::new();
    // Relative to the crate, where cargo runs tests: the words name the same file everywhere.
    let options = LoadOptions {
        strict,
        ..LoadOptions::default()
    };
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
    Err(format!(
        "{} has other words; now it says:\n{said}",
        path.display()
    ))
}

/// The contracts of the folder; those that others refer to lie in folders within.
fn contracts() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("tests/diagnostics")
        .into_iter()
        .flatten()
        .flatten();
    let files = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|it| it != "txt"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_slip_is_answered_in_these_words() {
    let contracts = contracts();
    assert!(contracts.len() > 9, "the contracts are there");
    let different: Vec<String> = contracts
        .iter()
        .filter_map(|path| {
            golden(
                &path.with_extension("txt"),
                &said(&path.to_string_lossy(), false),
            )
            .err()
        })
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
    load(
        Path::new("tests/diagnostics/misspelt_field.yaml"),
        &LoadOptions::default(),
        &mut diagnostics,
    );
    let lines = render_json_lines(&diagnostics, diagnostics.sources());
    let records: Vec<serde_json::Value> = lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert_eq!(records.len(), lines.lines().count());
    assert_eq!(records[0]["code"], "unknown-field");
    assert_eq!(records[0]["primary"]["at"]["line"], 8);
    assert_eq!(records[0]["primary"]["at"]["column"], 7);
    assert_eq!(records[0]["help"]["with"], "operationId");
}
