//! Published contracts, written by other projects: the generator reports no false errors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, load};

/// Generates code from a contract. Returns true if there is code, and the rendered diagnostics.
fn generated(file: &Path, strict: bool) -> (bool, String) {
    let (entry, layout) = (file.to_owned(), Layout::Module("v1".to_owned()));
    let generated = generate(&Request { entry, root: None, strict, layout, options: Options::default() });
    let rendered = render(&generated.diagnostics, generated.diagnostics.sources(), false);
    assert_eq!(generated.output.is_none(), generated.diagnostics.has_errors(), "{}", file.display());
    (generated.output.is_some(), rendered)
}

/// Returns the files in a folder of the corpus, `None` if the folder does not exist.
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
        eprintln!("skipped: the folder ../shared/corpus does not exist");
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

/// The expected result for a contract; corpus/expected.toml describes the fields.
#[derive(Default)]
struct Expected {
    refused: Option<String>,
    remark: Option<String>,
    strict: Option<String>,
}

/// Returns the list of expected results, by folder and file name.
fn expected() -> BTreeMap<String, Expected> {
    let list: toml::Table = toml::from_str(include_str!("corpus/expected.toml")).expect("the list");
    let entry = |(name, entry): (String, toml::Value)| {
        let text = |key: &str| Some(entry.get(key)?.as_str()?.to_owned());
        assert!(text("why").is_some_and(|why| why.ends_with('.')), "{name} has no reason in `why`");
        let unknown = entry
            .as_table()
            .into_iter()
            .flatten()
            .find(|(key, _)| !matches!(key.as_str(), "refused" | "remark" | "strict" | "why"));
        assert!(unknown.is_none(), "{name}: {unknown:?}");
        (name, Expected { refused: text("refused"), remark: text("remark"), strict: text("strict") })
    };
    list.into_iter().map(entry).collect()
}

impl Expected {
    /// Returns true if the result is the expected one: generated or rejected, with the expected diagnostics.
    fn matches(&self, generated: bool, rendered: &str, strict: bool) -> bool {
        let located = rendered.is_empty() || rendered.contains(" --> ");
        let reports = |severities: &[&str], code: &str| {
            severities.iter().any(|severity| rendered.contains(&format!("{severity}[{code}]: ")))
        };
        let refused = self.refused.as_ref().or(self.strict.as_ref().filter(|_| strict));
        located
            && match refused {
                Some(code) => !generated && reports(&["error"], code),
                None => generated && self.remark.as_ref().is_none_or(|code| reports(&["warning", "note"], code)),
            }
    }
}

/// Compares the contracts of a folder with the list, and returns the differences.
fn unexpected(folder: &str, strict: bool, files: &[PathBuf]) -> String {
    let (expected, other) = (expected(), Expected::default());
    let mut wrong = String::new();
    for file in files {
        let name = format!("{folder}/{}", file.file_name().unwrap_or_default().to_string_lossy());
        let (done, rendered) = generated(file, strict);
        if !expected.get(&name).unwrap_or(&other).matches(done, &rendered, strict) {
            wrong.push_str(&format!("{name}, strict: {strict}, generated: {done}\n{rendered}\n"));
        }
    }
    wrong
}

#[test]
fn json_contracts_have_the_values_that_serde_json_reads() {
    let Some(files) = corpus("real") else {
        eprintln!("skipped: the folder ../shared/corpus does not exist");
        return;
    };
    for file in files.iter().filter(|file| file.extension().is_some_and(|it| it == "json")) {
        let mut diagnostics = Diagnostics::new();
        let read = load(file, &LoadOptions::default(), &mut diagnostics).map(|document| document.root_node().to_json());
        let text = std::fs::read_to_string(file).unwrap_or_default();
        assert_eq!(read, serde_json::from_str(&text).ok(), "{}", file.display());
    }
}

#[test]
fn every_invalid_contract_is_rejected_or_accepted_for_a_reason() {
    let Some(files) = corpus("invalid") else {
        eprintln!("skipped: the folder ../shared/corpus does not exist");
        return;
    };
    let listed = expected();
    let names: Vec<String> = files
        .iter()
        .map(|file| format!("invalid/{}", file.file_name().unwrap_or_default().to_string_lossy()))
        .collect();
    let unlisted: Vec<&String> = names.iter().filter(|name| !listed.contains_key(*name)).collect();
    assert!(unlisted.is_empty(), "corpus/expected.toml has no entry for {unlisted:?}");
    let gone: Vec<&String> =
        listed.keys().filter(|name| name.starts_with("invalid/") && !names.contains(name)).collect();
    assert!(gone.is_empty(), "corpus/expected.toml has entries for missing contracts: {gone:?}");
    let wrong = unexpected("invalid", false, &files) + &unexpected("invalid", true, &files);
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn small_contracts_of_all_features_are_generated_or_rejected_as_listed() {
    let Some(files) = corpus("features") else {
        eprintln!("skipped: the folder ../shared/corpus does not exist");
        return;
    };
    let wrong = unexpected("features", false, &files);
    assert!(wrong.is_empty(), "{wrong}");
}
