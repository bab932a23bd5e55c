//! Files in another encoding or with mistakes in their format: read with a warning if nothing is lost.

use std::fs;
use std::path::PathBuf;

use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, Node, load};

const YAML: &str = "openapi: 3.0.3\ninfo: { title: Café, version: 1.0.0 }\npaths: {}\n";
const JSON: &str = r#"{"openapi": "3.0.3", "info": {"title": "Café", "version": "1.0.0"}, "paths": {}}"#;

/// Loads a file with these bytes. Returns the title of the contract and the rendered diagnostics.
fn read(name: &str, bytes: &[u8], strict: bool) -> (Option<String>, String) {
    let folder: PathBuf = std::env::temp_dir().join(format!("writ-readable-{strict}-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file for the test");
    let mut diagnostics = Diagnostics::new();
    let document = load(&path, &LoadOptions { strict, ..LoadOptions::default() }, &mut diagnostics);
    let _ = fs::remove_dir_all(&folder);
    let title = |document: &writ_contract::document::Document| {
        document.root_node().get("info")?.get("title").and_then(Node::as_str).map(str::to_owned)
    };
    (document.as_ref().and_then(title), render(&diagnostics, diagnostics.sources(), false))
}

fn assert_read(name: &str, bytes: &[u8], warning: &str) {
    let (title, rendered) = read(name, bytes, false);
    assert_eq!(title.as_deref(), Some("Café"), "{rendered}");
    match warning {
        "" => assert!(!rendered.contains("warning") && !rendered.contains("error"), "{rendered}"),
        code => {
            assert!(rendered.contains(&format!("warning[{code}]")), "{rendered}");
            let (_, strict) = read(name, bytes, true);
            assert!(strict.contains(&format!("error[{code}]")), "{strict}");
        }
    }
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn a_file_in_utf_16_is_read_with_a_warning() {
    for text in [YAML.to_owned(), format!("\u{FEFF}{YAML}")] {
        assert_read("a.yaml", &utf_16(&text, u16::to_le_bytes), "invalid-encoding");
        assert_read("b.yaml", &utf_16(&text, u16::to_be_bytes), "invalid-encoding");
    }
    assert_read("a.json", &utf_16(JSON, u16::to_le_bytes), "invalid-encoding");
}

#[test]
fn a_file_with_a_byte_order_mark_or_other_line_ends_is_read() {
    assert_read("bom.yaml", format!("\u{FEFF}{YAML}").as_bytes(), "");
    assert_read("crlf.yaml", YAML.replace('\n', "\r\n").as_bytes(), "");
}

#[test]
fn text_that_is_neither_utf_8_nor_utf_16_is_rejected() {
    let latin: Vec<u8> = YAML.chars().map(|letter| u8::try_from(u32::from(letter)).expect("a letter")).collect();
    let mut half = utf_16(YAML, u16::to_le_bytes);
    half.pop();
    for bytes in [latin, half] {
        let (title, rendered) = read("other.yaml", &bytes, false);
        assert!(title.is_none() && rendered.contains("error[invalid-encoding]"), "{rendered}");
    }
}

#[test]
fn a_json_file_with_a_trailing_comma_is_read_as_yaml() {
    assert_read("comma.json", JSON.replace("{}}", "{},}").as_bytes(), "invalid-json");
    assert_read("quotes.json", JSON.replace('"', "'").as_bytes(), "invalid-json");
    assert_read("yaml.json", YAML.as_bytes(), "invalid-json");
    let (title, rendered) = read("comment.json", format!("// A comment.\n{JSON}").as_bytes(), false);
    assert!(title.is_none() && rendered.contains("error[invalid-json]"), "{rendered}");
}

#[test]
fn empty_documents_are_skipped() {
    assert_read("end.yaml", format!("{YAML}---\n").as_bytes(), "");
    assert_read("comment.yaml", format!("# First\n---\n{YAML}...\n---\n# Last\n").as_bytes(), "");
    assert_read("start.yaml", format!("---\n---\n{YAML}").as_bytes(), "");
    let (title, rendered) = read("two.yaml", format!("{YAML}---\n{YAML}").as_bytes(), false);
    assert!(title.is_none() && rendered.contains("error[several-documents]"), "{rendered}");
}
