//! Published contracts, which nobody here wrote: reading them finds nothing wrong that is right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, load};

/// What the generator makes of a contract: whether it generates, and what it says.
fn generated(file: &Path, strict: bool) -> (bool, String) {
    let (entry, layout) = (file.to_owned(), Layout::Module("v1".to_owned()));
    let generated = generate(&Request { entry, root: None, strict, layout, options: Options::default() });
    let said = render(&generated.diagnostics, generated.diagnostics.sources(), false);
    assert_eq!(generated.output.is_none(), generated.diagnostics.has_errors(), "{}", file.display());
    (generated.output.is_some(), said)
}

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

/// What is expected of a contract that is not simply taken: see the head of the list.
#[derive(Default)]
struct Expected {
    refused: Option<String>,
    remark: Option<String>,
    strict: Option<String>,
}

/// The list, by folder and name.
fn expected() -> BTreeMap<String, Expected> {
    let list: toml::Table = toml::from_str(include_str!("corpus/expected.toml")).expect("the list");
    let entry = |(name, entry): (String, toml::Value)| {
        let word = |key: &str| Some(entry.get(key)?.as_str()?.to_owned());
        assert!(word("why").is_some_and(|why| why.ends_with('.')), "{name} says why");
        let unknown = entry
            .as_table()
            .into_iter()
            .flatten()
            .find(|(key, _)| !matches!(key.as_str(), "refused" | "remark" | "strict" | "why"));
        assert!(unknown.is_none(), "{name}: {unknown:?}");
        (name, Expected { refused: word("refused"), remark: word("remark"), strict: word("strict") })
    };
    list.into_iter().map(entry).collect()
}

impl Expected {
    /// Whether it came as expected: done or refused, and with which words.
    fn is_met(&self, done: bool, said: &str, strict: bool) -> bool {
        let located = said.is_empty() || said.contains(" --> ");
        let says = |severities: &[&str], code: &str| {
            severities.iter().any(|severity| said.contains(&format!("{severity}[{code}]: ")))
        };
        let refused = self.refused.as_ref().or(self.strict.as_ref().filter(|_| strict));
        located
            && match refused {
                Some(code) => !done && says(&["error"], code),
                None => done && self.remark.as_ref().is_none_or(|code| says(&["warning", "note"], code)),
            }
    }
}

/// Holds the contracts of a folder to the list; what of them is not as expected.
fn unexpected(folder: &str, strict: bool, files: &[PathBuf]) -> String {
    let (expected, other) = (expected(), Expected::default());
    let mut wrong = String::new();
    for file in files {
        let name = format!("{folder}/{}", file.file_name().unwrap_or_default().to_string_lossy());
        let (done, said) = generated(file, strict);
        if !expected.get(&name).unwrap_or(&other).is_met(done, &said, strict) {
            wrong.push_str(&format!("{name}, strict: {strict}, done: {done}\n{said}\n"));
        }
    }
    wrong
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

#[test]
fn every_wrong_contract_is_refused_or_taken_for_a_reason() {
    let Some(files) = corpus("invalid") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let listed = expected();
    let names: Vec<String> = files
        .iter()
        .map(|file| format!("invalid/{}", file.file_name().unwrap_or_default().to_string_lossy()))
        .collect();
    let open: Vec<&String> = names.iter().filter(|name| !listed.contains_key(*name)).collect();
    assert!(open.is_empty(), "nothing is said of {open:?}");
    let gone: Vec<&String> =
        listed.keys().filter(|name| name.starts_with("invalid/") && !names.contains(name)).collect();
    assert!(gone.is_empty(), "{gone:?} are not in the corpus");
    let wrong = unexpected("invalid", false, &files) + &unexpected("invalid", true, &files);
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn small_contracts_of_all_features_are_generated_or_refused_by_name() {
    let Some(files) = corpus("features") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let wrong = unexpected("features", false, &files);
    assert!(wrong.is_empty(), "{wrong}");
}
