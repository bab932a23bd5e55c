//! The exact text of what small contracts become. `WRIT_BLESS=1` writes it anew.

use std::fs;
use std::path::Path;

use writ_codegen::output::{self, Output};

use crate::contracts::{self, Subject};

/// What is generated, and what is said on the way.
fn expected(subject: &Subject) -> Output {
    let generated = contracts::try_generate(&subject.entry);
    let said = contracts::said(&generated.diagnostics);
    let mut output = generated.output.unwrap_or_default();
    if !said.is_empty() {
        // Messages name files from the working directory, and tests may be run from any.
        let folder = format!("{}/", contracts::golden_folder().display());
        let said = said.replace(&folder, "").replace("codegen/tests/golden/", "").replace("tests/golden/", "");
        output.files.insert("diagnostics.txt".to_owned(), format!("{}\n{said}", output::HEADER));
    }
    output
}

fn folder(subject: &Subject) -> &Path {
    subject.entry.parent().unwrap_or(&subject.entry)
}

#[test]
fn every_contract_becomes_exactly_the_files_beside_it() {
    let mut different = Vec::new();
    for subject in contracts::golden() {
        let now = expected(&subject);
        if std::env::var_os("WRIT_BLESS").is_some() {
            output::write(folder(&subject), &now).expect("the golden files are written");
            continue;
        }
        for stale in output::check(folder(&subject), &now).expect("the golden files are read") {
            different.push(format!("{}/{} {}", subject.name, stale.path, stale.why));
        }
    }
    assert!(different.is_empty(), "{}\nLook at the change and bless it with WRIT_BLESS=1.", different.join("\n"));
}

#[test]
fn every_generated_file_parses_as_rust() {
    for subject in contracts::golden() {
        for (path, text) in contracts::generated(&subject.entry).files {
            if let Err(error) = syn::parse_file(&text) {
                panic!("{}/{path}:{}: {error}", subject.name, error.span().start().line);
            }
        }
    }
}

#[test]
fn no_text_of_a_contract_becomes_rust() {
    let subject =
        contracts::golden().into_iter().find(|subject| subject.name == "golden-injection").expect("the contract");
    let text = fs::read_to_string(&subject.entry).expect("the contract");
    assert!(text.matches("compile_error!").count() > 20, "the contract tries");
    for (path, text) in contracts::generated(&subject.entry).files {
        assert!(!path.contains("..") && !path.contains("etc/passwd"), "{path}");
        let tokens: proc_macro2::TokenStream = text.parse().expect("a generated file is Rust");
        assert!(!names(tokens, "compile_error") && !text.contains('\u{202e}'), "{path}");
    }
}

/// Whether an identifier stands anywhere among the tokens; text in literals and comments is none.
fn names(tokens: proc_macro2::TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        proc_macro2::TokenTree::Group(group) => names(group.stream(), name),
        proc_macro2::TokenTree::Ident(ident) => ident == name,
        _ => false,
    })
}

/// True if something other than one literal or word makes a line long.
fn can_be_broken(line: &str) -> bool {
    let text = line.trim();
    if text.starts_with("//") {
        return !text.split(' ').any(|word| word.len() > 60);
    }
    let literal = text.trim_end_matches(',');
    let is_literal = |start: &str, end: &str| literal.starts_with(start) && literal.ends_with(end);
    !(is_literal("\"", "\"") || is_literal("r#\"", "\"#"))
}

#[test]
fn no_line_of_the_sample_contract_is_over_120_columns() {
    let mut folders = vec![contracts::root().join("generated/src")];
    let mut long = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).expect("the generated crate").flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with("openapi") {
                // Those hold the contract itself, as it stands.
                let text = fs::read_to_string(&path).expect("a generated file");
                let lines = text.lines().filter(|line| line.chars().count() > 120 && can_be_broken(line));
                long.extend(lines.map(|line| format!("{}: {line}", path.display())));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_generated_file_is_laid_out_as_a_person_would() {
    let mut ugly = Vec::new();
    for subject in contracts::golden() {
        for (path, text) in contracts::generated(&subject.entry).files {
            for (number, line) in text.lines().enumerate() {
                if line.chars().count() > 120 && can_be_broken(line) {
                    ugly.push(format!("{}/{path}:{}: over 120 columns: {line:?}", subject.name, number + 1));
                }
                if line.trim_end() != line || line.contains('\t') {
                    ugly.push(format!("{}/{path}:{}: white space: {line:?}", subject.name, number + 1));
                }
            }
            if text.contains("\n\n\n") || text.ends_with("\n\n") || !text.ends_with('\n') {
                ugly.push(format!("{}/{path}: blank lines", subject.name));
            }
        }
    }
    assert!(ugly.is_empty(), "{}", ugly.join("\n"));
}
