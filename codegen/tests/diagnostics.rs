//! Golden tests of the diagnostics for contracts with mistakes. `WRIT_BLESS=1` rewrites the golden texts.

use std::path::{Path, PathBuf};

use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::render::Layout;
use writ_codegen::settings::{self, Settings};
use writ_contract::diagnostic::{Diagnostics, render, render_all, render_json_lines};
use writ_contract::document::{LoadOptions, load};

/// Generates from a contract, in memory.
fn generated(path: &Path, strict: bool) -> Generated {
    // Paths are relative to the crate, where cargo runs tests, so that golden texts are equal on every machine.
    let layout = Layout::Module("v1".to_owned());
    let mut found = Diagnostics::new();
    let settings = path.with_extension("codegen.toml");
    let settings = match settings.is_file() {
        true => settings::read(&settings, None, &mut found),
        false => Settings::default(),
    };
    let mut generated =
        generate(&Request { entry: path.to_owned(), root: None, strict, layout, options: settings.options });
    if found.has_errors() {
        generated.output = None;
    }
    generated.diagnostics.extend(found);
    generated
}

/// Returns the rendered diagnostics of a contract. Code is generated only if there are no errors.
fn rendered(path: &Path, strict: bool) -> String {
    let Generated { output, diagnostics, .. } = generated(path, strict);
    assert_eq!(output.is_none(), diagnostics.has_errors(), "{}", path.display());
    render(&diagnostics, diagnostics.sources(), false)
}

/// Returns true if a contract is read strictly, which its name decides.
fn is_strict(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("_strict"))
}

fn golden(path: &Path, text: &str) -> Result<(), String> {
    if std::env::var_os("WRIT_BLESS").is_some() {
        return std::fs::write(path, text).map_err(|error| error.to_string());
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == text {
        return Ok(());
    }
    Err(format!("{} differs; the new text is:\n{text}", path.display()))
}

/// Returns the contracts of the folder. Files that they refer to are in folders below it.
fn contracts() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("tests/diagnostics").into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| path.is_file());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|it| it != "txt" && it != "toml")).collect();
    files.sort();
    files
}

#[test]
fn every_diagnostic_matches_its_golden_text() {
    let contracts = contracts();
    assert!(contracts.len() > 30, "the contracts are there");
    let different: Vec<String> = contracts
        .iter()
        .filter_map(|path| golden(&path.with_extension("txt"), &rendered(path, is_strict(path))).err())
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn diagnostics_do_not_change_between_two_runs() {
    for path in contracts() {
        assert_eq!(rendered(&path, true), rendered(&path, true), "{}", path.display());
    }
}

#[test]
fn strict_reading_turns_ignored_fields_into_errors() {
    let path = Path::new("tests/diagnostics/misspelt_field.yaml");
    assert!(rendered(path, false).contains("warning[unknown-field]: unknown field `colour`"));
    assert!(rendered(path, true).contains("error[unknown-field]: unknown field `colour`"));
}

/// Returns the files of a folder and of the folders below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn each_suggested_change_fixes_its_problem() {
    let folder = std::env::temp_dir().join(format!("writ-advice-{}", std::process::id()));
    let mut taken = 0;
    for contract in contracts() {
        let strict = is_strict(&contract);
        let before = generated(&contract, strict).diagnostics;
        for found in before.sorted() {
            let Some((span, change)) = found.help.as_ref().and_then(|help| help.replacement.as_ref()) else { continue };
            let _ = std::fs::remove_dir_all(&folder);
            for file in files(Path::new("tests/diagnostics")) {
                let copy = folder.join(&file);
                std::fs::create_dir_all(copy.parent().expect("a folder")).expect("a folder for the test");
                std::fs::copy(&file, copy).expect("a copy for the test");
            }
            let (start, end) = (span.start as usize, span.end as usize);
            let mut written = before.sources().text(span.file).to_owned();
            written.replace_range(start..end, change);
            std::fs::write(folder.join(before.sources().display_path(span.file)), written)
                .expect("a copy for the test");
            let after = generated(&folder.join(&contract), strict).diagnostics;
            let text = render(&after, after.sources(), false);
            let same = after.sorted().iter().any(|left| {
                left.code == found.code
                    && left.message == found.message
                    && left.primary.span.start == found.primary.span.start
            });
            let unread =
                |found: &Diagnostics| found.sorted().iter().filter(|one| one.code.starts_with("invalid-")).count();
            let broken = unread(&after) > unread(&before);
            assert!(!same && !broken, "{}: `{change}` for {}\n{text}", contract.display(), found.message);
            taken += 1;
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(taken > 30, "advice was taken {taken} times");
}

#[test]
fn json_lines_contain_one_object_for_each_diagnostic() {
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
fn json_lines_are_complete_where_the_terminal_folds() {
    let found = generated(Path::new("tests/diagnostics/many_errors.yaml"), false).diagnostics;
    let lines = render_json_lines(&found, found.sources());
    let errors = lines.lines().filter(|line| line.contains("\"severity\":\"error\"")).count();
    assert_eq!(errors, found.counts().errors);
    let count = |text: &str| text.lines().filter(|line| line.starts_with("error[")).count();
    assert!(count(&render(&found, found.sources(), false)) < errors);
    assert_eq!(count(&render_all(&found, found.sources(), false)), errors);
}

#[test]
fn strict_reading_folds_errors_as_warnings_are_folded() {
    let count =
        |strict| rendered(Path::new("tests/diagnostics/habit.yaml"), strict).matches("repeated 4 more times").count();
    assert_eq!((count(false), count(true)), (1, 1));
}

#[test]
fn the_contract_of_this_project_has_no_diagnostics_under_strict_reading() {
    let mut diagnostics = Diagnostics::new();
    let entry = Path::new("../spec/v1/openapi.yaml");
    // The versions share the folder `common`, so references may reach all of `spec`.
    let options = LoadOptions { strict: true, root: Some(PathBuf::from("../spec")), ..LoadOptions::default() };
    let document = load(entry, &options, &mut diagnostics);
    assert_eq!(render(&diagnostics, diagnostics.sources(), false), "");
    let document = document.expect("the contract is read");
    assert!(document.sources.ids().any(|file| document.sources.display_path(file) == "../spec/common/responses.yaml"));
    let mut outside = Diagnostics::new();
    load(entry, &LoadOptions::default(), &mut outside);
    assert!(render(&outside, outside.sources(), false).contains("error[ref-outside]"));
}

#[test]
fn a_reference_resolves_to_its_node() {
    let mut diagnostics = Diagnostics::new();
    let options = LoadOptions::default();
    let entry = Path::new("tests/diagnostics/several_files.yaml");
    let document = load(entry, &options, &mut diagnostics).expect("the contract is read");
    // The path item is a `$ref` into another file.
    let pointer = "#/paths/~1v1~1users~1%7BuserId%7D/get/responses/200";
    let response = document.resolve(document.root, pointer).expect("it is there");
    assert_eq!(document.sources.display_path(response.path.file), "tests/diagnostics/parts/user_path.yaml");
    assert_eq!(response.path.to_string(), "#/get/responses/200");
    let target = document.follow(response).expect("it is there");
    assert_eq!((target.path.to_string().as_str(), target.path.name().as_deref()), ("#/User", Some("User")));
    assert_eq!(target.get("description").and_then(|it| it.node.as_str()), Some("A user."));
    let dangling = document.resolve(document.root, "#/pathes/x").err().map(|error| error.to_string());
    assert_eq!(dangling.as_deref(), Some("its target does not exist"));
}
