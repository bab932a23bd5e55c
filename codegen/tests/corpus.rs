//! Published contracts, which nobody here wrote: reading them finds nothing wrong that is right.

use std::path::{Path, PathBuf};
use std::time::Instant;

use writ_codegen::diagnostic::{Diagnostics, render};
use writ_codegen::document::{LoadOptions, load};

/// The files of a folder of the corpus, if it is there.
fn corpus(folder: &str) -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus").join(folder);
    let entries = std::fs::read_dir(&folder).ok()?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Some(files)
}

#[test]
fn published_contracts_are_read_without_an_error() {
    let Some(files) = corpus("real") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let mut wrong = String::new();
    for file in files {
        let mut diagnostics = Diagnostics::new();
        let begun = Instant::now();
        let document = load(&file, &LoadOptions::default(), &mut diagnostics);
        let took = begun.elapsed();
        let counts = diagnostics.counts();
        eprintln!("{} {counts:?} {took:?}", file.display());
        if std::env::var_os("WRIT_SHOW").is_some() {
            eprintln!("{}", render(&diagnostics, diagnostics.sources(), false));
        }
        if document.is_none() || diagnostics.has_errors() {
            wrong.push_str(&render(&diagnostics, diagnostics.sources(), false));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is refused of the small contracts, and by which word.
const REFUSED: &[(&str, &str)] = &[
    // OpenAPI 3.2.
    ("additional_operations.yml", "`additionalOperations` is new in OpenAPI 3.2"),
    // No `info`, which every version requires.
    ("client_options.json", "the document needs `info`"),
];

#[test]
fn small_contracts_of_all_features_are_read_or_refused_by_name() {
    let Some(files) = corpus("features") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let mut wrong = String::new();
    for file in files {
        let mut diagnostics = Diagnostics::new();
        let document = load(&file, &LoadOptions::default(), &mut diagnostics);
        let said = render(&diagnostics, diagnostics.sources(), false);
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let refused = REFUSED.iter().find(|(refused, _)| *refused == name);
        let expected = match refused {
            Some((_, word)) => diagnostics.has_errors() && said.contains(word),
            None => document.is_some() && !diagnostics.has_errors(),
        };
        if !expected {
            wrong.push_str(&said);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn json_is_read_as_serde_json_reads_it() {
    let Some(files) = corpus("real") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    for file in files.iter().filter(|file| file.extension().is_some_and(|it| it == "json")) {
        let mut diagnostics = Diagnostics::new();
        let read = load(file, &LoadOptions::default(), &mut diagnostics).map(|document| document.root_node().to_json());
        let text = std::fs::read_to_string(file).unwrap_or_default();
        assert_eq!(read, serde_json::from_str(&text).ok(), "{}", file.display());
    }
}
