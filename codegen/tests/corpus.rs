//! Published contracts, which nobody here wrote: reading them finds nothing wrong that is right.

use std::path::{Path, PathBuf};
use std::time::Instant;

use writ_codegen::diagnostic::{Diagnostics, render};
use writ_codegen::document::{LoadOptions, load};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;

/// What the generator makes of a contract: whether it generates, and what it says.
fn generated(file: &Path) -> (bool, String) {
    let (entry, layout) = (file.to_owned(), Layout::Module("v1".to_owned()));
    let generated = generate(&Request { entry, root: None, strict: false, layout, options: Options::default() });
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

/// What is wrong in each contract of `invalid`, by the words and the line of its refusal or remark.
const INVALID: &[(&str, &str)] = &[
    ("allOf_conflicting_property.json", "error[contradiction]: no value is both"),
    ("allOf_type_mismatch.json", "error[contradiction]: no value is both"),
    // XML is handed over as text.
    ("convenient_errors_unsupported_ct.json", "warning[unsupported-media-type]"),
    ("cyclic_allOf_double.json", "error[cyclic-composition]"),
    ("cyclic_allOf_single.json", "error[cyclic-composition]"),
    ("cyclic_anyOf_double.json", "error[cyclic-composition]"),
    ("cyclic_anyOf_single.json", "error[cyclic-composition]"),
    ("cyclic_oneOf_double.json", "error[cyclic-composition]"),
    ("cyclic_oneOf_single.json", "error[cyclic-composition]"),
    // The numbers are written as text, and that they are meant is clear; held strictly it is refused.
    ("wrong_enum_type_string_value.json", "warning[enum-type]"),
    // Nothing is lost but the default: an error where the contract is held strictly.
    ("wrong_default_type_array_value.json", "warning[default-type]"),
    ("wrong_default_type_bool_value.json", "warning[default-type]"),
    ("wrong_default_type_float_value.json", "warning[default-type]"),
    ("wrong_default_type_object_value.json", "warning[default-type]"),
    ("wrong_default_type_string_value.json", "warning[default-type]"),
    ("wrong_default_type_null_value.json", "note[default-type]"),
    // It can be served: the first parameter takes all that it can.
    ("router_two_parameter_in_a_row.json", "warning[adjacent-parameters]"),
];

/// Contracts of `invalid` that are right, and expressible here though not everywhere.
const VALID: &[&str] = &[
    // Two patterns on an answer: the handler's own text has to match both, as the contract says.
    "allOf_string_patterns.json",
    // Errors that differ between operations, or that only some operations declare.
    "convenient_errors_different_response.json",
    "convenient_errors_no_default.json",
    // A property is composed of its own parent: a list of it comes to an end.
    "cyclic_allOf_property.yaml",
    // Names that another generator keeps for itself.
    "field_naming_conflict_additional_props.yaml",
    "field_naming_conflict_pattern_props.yaml",
    "field_naming_extension_additional_props.yaml",
    "field_naming_extension_pattern_props.yaml",
    "field_naming_overriden_by_extension.yaml",
    "field_naming_type_extension.yml",
    // A UUID or one word: both are strings, and each value fits one of them.
    "oneOf_same_json_type_one_of.json",
];

#[test]
fn every_wrong_contract_is_answered_where_it_is_wrong() {
    let Some(files) = corpus("invalid") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let mut wrong = String::new();
    for file in files {
        let (done, said) = generated(&file);
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let expected = match INVALID.iter().find(|(known, _)| *known == name) {
            Some((_, word)) => said.contains(word) && done != word.starts_with("error") && said.contains(" --> "),
            None => VALID.contains(&name) && done,
        };
        if !expected {
            wrong.push_str(&format!("{name} {done}\n{said}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn small_contracts_of_all_features_are_generated_or_refused_by_name() {
    let Some(files) = corpus("features") else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let mut wrong = String::new();
    for file in files {
        let (done, said) = generated(&file);
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let refused = REFUSED.iter().find(|(refused, _)| *refused == name);
        if !refused.map_or(done, |(_, word)| !done && said.contains(word)) {
            wrong.push_str(&format!("{name} {done}\n{said}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
