//! Tests of `docs/contract-support.md`: it has a row for every known field, each link leads to a test, and it
//! lists every diagnostic by its code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use writ_contract::document::vocabulary;

/// A row of a table in `docs/contract-support.md`.
struct Row {
    /// The heading of the section that contains the row.
    object: String,
    /// The texts of the four cells.
    cells: Vec<String>,
}

/// Returns the root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/contract-support.md")).expect("the page")
}

fn rows() -> Vec<Row> {
    let page = page();
    let mut object = String::new();
    let mut rows = Vec::new();
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            object = heading.to_owned();
        }
        let cells: Vec<String> = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
        if line.starts_with("| ") && cells.first().is_some_and(|cell| cell != "field") {
            rows.push(Row { object: object.clone(), cells });
        }
    }
    rows
}

/// Returns the texts between backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Collects every file with an extension, in a folder and the folders below it.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => files(&path, ending, found),
            path if path.extension().is_some_and(|it| it == ending) => found.push(path),
            _ => {}
        }
    }
}

/// Returns the diagnostic codes in the generator's sources.
///
/// A code is the first argument of a function that reports, or the second one after a boolean.
fn codes() -> BTreeSet<String> {
    let mut sources = Vec::new();
    files(&root().join("codegen/src"), "rs", &mut sources);
    files(&root().join("codegen/contract/src"), "rs", &mut sources);
    files(&root().join("codegen/gateway/src"), "rs", &mut sources);
    let mut codes = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(source).expect("a source");
        // Examples in comments report codes that do not exist.
        let code_lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let text = code_lines.collect::<Vec<_>>().join("\n");
        for call in ["Diagnostic::error(", "Diagnostic::warning(", "Diagnostic::info(", "remark(", "lax(", "severity("]
        {
            for behind in text.split(call).skip(1) {
                let argument = behind.trim_start().trim_start_matches("true, ").trim_start_matches("false, ");
                let code = argument.strip_prefix('"').and_then(|text| text.split('"').next());
                codes.extend(code.filter(|code| !code.contains(' ')).map(str::to_owned));
            }
        }
    }
    // A code that a golden text contains is reported, even if no source contains it in this form.
    let mut shown = Vec::new();
    files(&root().join("codegen/tests"), "txt", &mut shown);
    for file in shown {
        for line in fs::read_to_string(file).expect("a golden text").lines() {
            let code = ["error[", "warning[", "note["].iter().find_map(|start| line.strip_prefix(start));
            let code = code.and_then(|code| code.split(']').next());
            // Codes of the compiler start with a capital letter, such as `E0277`.
            codes.extend(code.filter(|code| !code.starts_with('E')).map(str::to_owned));
        }
    }
    codes
}

#[test]
fn every_known_field_has_a_row_and_every_row_is_about_a_known_field() {
    let rows = rows();
    let known = vocabulary();
    let mut missing = Vec::new();
    for (object, field) in &known {
        if !rows.iter().any(|row| row.object == *object && quoted(&row.cells[0]).contains(field)) {
            missing.push(format!("{object}: `{field}`"));
        }
    }
    assert!(missing.is_empty(), "fields without a row:\n{}", missing.join("\n"));
    let objects: BTreeSet<&str> = known.iter().map(|(object, _)| object.as_str()).collect();
    for row in rows.iter().filter(|row| objects.contains(&*row.object) && row.cells[0].starts_with("`")) {
        let only_names = row.cells[0].split(", ").all(|name| name.trim_matches('`').len() + 2 == name.len());
        for field in quoted(&row.cells[0]).into_iter().filter(|field| only_names && !field.contains(['-', '$', '<'])) {
            assert!(known.contains(&(row.object.clone(), field)), "{} has no field `{field}`", row.object);
        }
    }
}

#[test]
fn every_row_links_to_tests_that_exist() {
    let mut wrong = Vec::new();
    for row in rows() {
        let [field, _, _, links] = row.cells.as_slice() else {
            panic!("a row must have four cells: {}", row.cells.join(" | "));
        };
        let links: Vec<&str> = links.split("; [").map(|link| link.trim_start_matches('[')).collect();
        for link in links {
            let Some((text, target)) = link.strip_suffix(')').and_then(|link| link.split_once("](")) else {
                wrong.push(format!("{}: {field} has no link", row.object));
                continue;
            };
            let file = fs::read_to_string(root().join("docs").join(target)).unwrap_or_default();
            if !file.contains(text) && !target.contains(text) {
                wrong.push(format!("{}: {target} does not contain `{text}`", row.object));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_is_documented_and_every_documented_code_exists() {
    let rows = rows();
    let documented: BTreeSet<String> = rows.iter().flat_map(|row| quoted(&row.cells[2])).map(str::to_owned).collect();
    let codes = codes();
    let missing: Vec<&String> = codes.difference(&documented).collect();
    let unknown: Vec<&String> = documented.difference(&codes).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "not documented: {missing:?}; not reported: {unknown:?}");
}
