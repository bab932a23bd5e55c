//! Counts of operations for the corpus: in a contract, without the generator, and in the generated code.

use std::path::Path;

use serde_json::{Map, Value};
use writ_codegen::output::Output;

/// The fields of an OpenAPI path item that contain operations, one for each HTTP method.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The numbers of trait methods, operations and lines in the generated code of a contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Code {
    /// The number of methods in the generated traits that a service implements.
    pub methods: usize,
    /// The number of operations that generated code lists in `operations::ALL`, to be compared with the contract.
    pub listed: usize,
    /// The number of lines of Rust in the generated code.
    pub lines: usize,
}

/// Returns true if a file is the main document of a contract, which has the field `openapi`. A YAML or JSON file
/// that cannot be read counts as a contract, so that it is reported.
pub fn is_contract(path: &Path) -> bool {
    let known = path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json");
    known && read(path).is_none_or(|document: Document| document.openapi.is_some())
}

/// Returns the number of operations in a contract, or `None` if the contract is not valid YAML or JSON for serde.
pub fn in_contract(path: &Path) -> Option<usize> {
    let document: Document = read(path)?;
    let items = document.paths.iter().filter(|(path, _)| path.starts_with('/')).map(|(_, item)| item);
    Some(items.map(|item| methods(&target(path, &document, item))).sum())
}

fn methods(item: &Value) -> usize {
    let additional = item.get("additionalOperations").and_then(Value::as_object).map_or(0, Map::len);
    METHODS.iter().filter(|method| item.get(*method).is_some()).count() + additional
}

/// Counts the trait methods, listed operations and lines in generated code by the layout of its lines.
pub fn in_code(output: &Output) -> Code {
    let mut code = Code { lines: super::lines(output), ..Code::default() };
    for (path, text) in output.files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let mut section = "";
        for line in text.lines() {
            match line {
                "}" | "];" => section = "",
                // The trait in `errors.rs` converts errors and has no operation.
                opened if opened.starts_with("pub trait ") && path != "src/errors.rs" => section = "trait",
                opened if path.ends_with("operations/mod.rs") && opened.starts_with("pub static ALL") => {
                    section = "list"
                }
                method if section == "trait" && method.starts_with("    fn ") => code.methods += 1,
                entry if section == "list" && entry.starts_with("    &") => code.listed += 1,
                _ => {}
            }
        }
    }
    code
}

/// The fields of a contract that contain operations.
///
/// Schemas are not read, since they may contain numbers that are too large for [`Value`].
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Document {
    openapi: Option<Value>,
    paths: Map<String, Value>,
    components: Components,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Components {
    path_items: Map<String, Value>,
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    let text = std::fs::read_to_string(path).ok()?;
    match path.extension().is_some_and(|it| it == "json") {
        true => serde_json::from_str(&text).ok(),
        false => serde_yaml::from_str(&text).ok(),
    }
}

/// Returns the OpenAPI path item that `item` refers to: a path, a component or a node of another file. Returns
/// `item` itself if it has no reference.
fn target(path: &Path, document: &Document, item: &Value) -> Value {
    let found = item.get("$ref").and_then(Value::as_str).and_then(|reference| {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        if !file.is_empty() {
            return read::<Value>(&path.with_file_name(file))?.pointer(pointer).cloned();
        }
        let name = |prefix| Some(pointer.strip_prefix(prefix)?.replace("~1", "/").replace("~0", "~"));
        let path = name("/paths/").and_then(|name| document.paths.get(&name));
        path.or_else(|| document.components.path_items.get(&name("/components/pathItems/")?)).cloned()
    });
    found.unwrap_or_else(|| item.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trait_methods_and_operation_entries_are_counted() {
        let operations =
            "pub static ALL: &[&Operation] = &[\n    &ONE,\n    &OTHER,\n];\n\npub static X: &[u8] = &[\n    &1,\n];\n";
        let tag = "pub trait Users: Send {\n    /// One.\n    fn one(\n        &self,\n    );\n}\n\nimpl X {\n    fn not() {}\n}\n";
        let mut output = Output::default();
        output.files.insert("src/operations/mod.rs".to_owned(), operations.to_owned());
        output.files.insert("src/users.rs".to_owned(), tag.to_owned());
        assert_eq!(in_code(&output), Code { methods: 1, listed: 2, lines: 18 });
    }
}
