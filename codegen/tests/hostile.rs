//! Hostile contracts: generating ends in time with diagnostics, and never panics.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::render;

/// A temporary folder that is removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("writ-hostile-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for the test");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Generates code from a contract with these schemas and paths. Fails if it takes more than 20 seconds.
fn generated(folder: &Folder, schemas: serde_json::Value, paths: serde_json::Value) -> Generated {
    let contract = serde_json::json!({
        "openapi": "3.0.3", "info": { "title": "x", "version": "1" }, "paths": paths, "components": { "schemas": schemas }
    });
    let path = folder.0.join("contract.json");
    fs::write(&path, contract.to_string()).expect("a file for the test");
    let layout = Layout::Module("v1".to_owned());
    let begun = Instant::now();
    let generated = generate(&Request { entry: path, root: None, strict: false, layout, options: Options::default() });
    assert!(begun.elapsed() < Duration::from_secs(20), "it took {:?}", begun.elapsed());
    generated
}

/// Generates code from a contract with a union of these branches.
fn union_of(folder: &Folder, branches: serde_json::Value) -> Generated {
    let union = serde_json::json!({ "Union": { "type": "object", "properties": { "value": { "oneOf": branches } } } });
    generated(folder, union, serde_json::json!({}))
}

#[test]
fn a_word_list_that_is_a_map_of_itself_is_rejected() {
    let itself = "#/paths/~1a/get/parameters/0/schema/additionalProperties";
    let map = serde_json::json!({ "type": "object", "additionalProperties": { "$ref": itself } });
    let schema = serde_json::json!({ "type": "object", "additionalProperties": map });
    let parameter = serde_json::json!({ "in": "query", "name": "sort", "x-sort": true, "schema": schema });
    let responses = serde_json::json!({ "204": { "description": "x" } });
    let paths = serde_json::json!({ "/a": { "get": { "parameters": [parameter], "responses": responses } } });
    let generated = generated(&Folder::new("map-of-itself"), serde_json::json!({}), paths);
    assert!(generated.diagnostics.sorted().iter().any(|found| found.code == "bad-word-list"));
}

#[test]
fn the_name_of_a_branch_that_is_a_list_of_itself_is_finite() {
    let itself = "#/components/schemas/Union/properties/value/oneOf/0";
    let list = serde_json::json!({ "type": "array", "items": { "$ref": itself } });
    let texts = serde_json::json!({ "type": "array", "items": { "type": "string" } });
    let generated = union_of(&Folder::new("list-of-itself"), serde_json::json!([list, texts]));
    assert!(generated.output.is_some(), "{}", render(&generated.diagnostics, generated.diagnostics.sources(), false));
}

#[test]
fn thousands_of_branches_with_equal_titles_get_different_names_in_time() {
    let branch = |number: usize| {
        let name = format!("p{}", number / 2);
        serde_json::json!({ "type": "object", "title": "Same", "required": ["same"],
            "properties": { "same": { "type": "string" }, name: { "type": "string" } } })
    };
    let branches: Vec<_> = (0..5000).map(branch).collect();
    let generated = union_of(&Folder::new("equal-branches"), serde_json::json!(branches));
    assert!(generated.output.is_some(), "{}", render(&generated.diagnostics, generated.diagnostics.sources(), false));
}

#[test]
fn an_enum_of_twenty_thousand_values_is_read_in_time() {
    let values: Vec<String> = (0..20_000).map(|number| format!("v{number}")).collect();
    let schemas = serde_json::json!({ "Word": { "type": "string", "enum": values } });
    let generated = generated(&Folder::new("long-enum"), schemas, serde_json::json!({}));
    assert!(generated.output.is_some(), "{}", render(&generated.diagnostics, generated.diagnostics.sources(), false));
}

#[test]
fn tags_and_other_names_of_any_length_give_file_names_that_every_file_system_allows() {
    let long = |word: &str| format!("{word} ").repeat(60);
    let responses = serde_json::json!({ "204": { "description": "x" } });
    let operation =
        |tag: String, id: String| serde_json::json!({ "operationId": id, "tags": [tag], "responses": responses });
    let paths = serde_json::json!({ long("/segment"): {
        "get": operation(format!("{}1", long("tag")), long("read")),
        "put": operation(format!("{}2", long("tag")), long("write")),
        "post": operation("Users".to_owned(), long("add")),
        "patch": operation("users".to_owned(), long("change")),
        "delete": operation("名".repeat(300), long("remove")),
    } });
    let schema = serde_json::json!({ "type": "object", "properties": { long("field"): { "type": "string" } } });
    let schemas = serde_json::json!({ long("schema").replace(' ', ""): schema });
    let output = generated(&Folder::new("long-names"), schemas, paths).output.expect("generated code");
    let mut names = std::collections::BTreeSet::new();
    for path in output.files.keys() {
        assert!(path.split('/').all(|step| step.len() <= 150), "{path}");
        assert!(names.insert(path.to_lowercase()), "{path} differs from another file only in case");
    }
}
