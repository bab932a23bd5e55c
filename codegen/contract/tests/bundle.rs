//! A bundle is equivalent to the contract of several files that it was made from.

use std::path::{Path, PathBuf};

use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{Document, LoadOptions, Node, Value, bundle, load, to_json, to_yaml};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The contract of this repository, whose files also refer to files beside its folder.
const V1: &str = "../../spec/v1/openapi.yaml";

/// Loads a contract, and returns the rendered diagnostics as an error if there are any.
fn read(path: &Path, root: Option<&str>) -> Result<Document, String> {
    let mut diagnostics = Diagnostics::new();
    let options = LoadOptions { root: root.map(PathBuf::from), strict: true, ..LoadOptions::default() };
    let document = load(path, &options, &mut diagnostics);
    let output = render(&diagnostics, diagnostics.sources(), false);
    document.filter(|_| output.is_empty()).ok_or(output)
}

/// Writes a bundle to a file in an otherwise empty folder, and returns the path.
fn written(name: &str, text: &str) -> std::io::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace('.', "-"));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Writes a bundle as JSON and as YAML, and loads both files.
fn read_back(name: &str, node: &Node) -> Result<[Document; 2], Box<dyn std::error::Error>> {
    let json = read(&written(&format!("{name}.json"), &to_json(node))?, None)?;
    let yaml = read(&written(&format!("{name}.yaml"), &to_yaml(node))?, None)?;
    Ok([json, yaml])
}

fn fixture(name: &str) -> Result<Document, String> {
    read(&Path::new("tests/bundle").join(name).join("openapi.yaml"), None)
}

fn at<'n>(node: &'n Node, steps: &[&str]) -> Option<&'n Node> {
    steps.iter().try_fold(node, |node, step| match node.as_array() {
        Some(elements) => elements.get(step.parse::<usize>().ok()?),
        None => node.get(step),
    })
}

fn text<'n>(node: &'n Node, steps: &[&str]) -> Option<&'n str> {
    at(node, steps)?.as_str()
}

fn keys<'n>(node: &'n Node, steps: &[&str]) -> Vec<&'n str> {
    let object = at(node, steps).and_then(Node::as_object);
    object.into_iter().flatten().map(|(key, _)| key.name.as_str()).collect()
}

/// Collects every `$ref` of a tree that is not within an example.
fn references<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    match &node.value {
        Value::Object(object) => {
            for (key, node) in object {
                match (key.name.as_str(), node.as_str()) {
                    ("$ref", Some(text)) => found.push(text),
                    ("example" | "value", _) => {}
                    _ => references(node, found),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|node| references(node, found)),
        _ => {}
    }
}

/// Returns the number of operations in all path items, through references.
fn operations(document: &Document) -> usize {
    let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let paths = document.root_located().get("paths");
    let items = paths.iter().flat_map(|paths| paths.entries().map(|(_, item)| item).collect::<Vec<_>>());
    let items = items.filter_map(|item| document.follow(item).ok());
    items.map(|item| methods.iter().filter(|method| item.node.get(method).is_some()).count()).sum()
}

#[test]
fn the_bundle_of_version_1_loads_without_diagnostics_and_has_the_same_operations() -> Outcome {
    let document = read(Path::new(V1), Some("../../spec"))?;
    let bundled = bundle(&document);
    for back in read_back("v1", &bundled)? {
        assert_eq!(operations(&back), operations(&document));
        assert_eq!(back.sources.len(), 1);
        assert_eq!(back.root_node().to_json(), bundled.to_json());
    }
    let mut found = Vec::new();
    references(&bundled, &mut found);
    assert!(found.iter().all(|text| text.starts_with("#/components/")), "{found:?}");
    assert!(keys(&bundled, &["paths"]).iter().all(|path| at(&bundled, &["paths", path, "$ref"]).is_none()));
    Ok(())
}

#[test]
fn the_components_of_version_1_keep_their_order_and_names() -> Outcome {
    let document = read(Path::new(V1), Some("../../spec"))?;
    let bundled = bundle(&document);
    assert_eq!(keys(&bundled, &[]), keys(document.root_node(), &[]));
    for steps in [vec!["paths"], vec!["components", "schemas"]] {
        assert_eq!(keys(&bundled, &steps), keys(document.root_node(), &steps));
    }
    assert_eq!(
        text(&bundled, &["components", "schemas", "SparseUser", "x-sparse-of"]),
        Some("#/components/schemas/User")
    );
    assert_eq!(
        text(&bundled, &["components", "parameters", "UserId", "schema", "$ref"]),
        Some("#/components/schemas/UserId")
    );
    Ok(())
}

#[test]
fn an_independent_openapi_reader_finds_the_same_operations() -> Outcome {
    // The reader knows OpenAPI 3.0 only.
    let document = read(Path::new("../tests/golden/roundtrip/contract.yaml"), None)?;
    let bundled = bundle(&document);
    let read: openapiv3::OpenAPI = serde_json::from_str(&to_json(&bundled))?;
    assert_eq!(read.operations().count(), operations(&document));
    let components = read.components.ok_or("no components")?;
    assert_eq!(components.schemas.len(), keys(&bundled, &["components", "schemas"]).len());
    assert!(components.schemas.values().all(|schema| schema.as_item().is_some()));
    Ok(())
}

#[test]
fn a_recursive_schema_is_bundled() -> Outcome {
    let document = fixture("recursive")?;
    let bundled = bundle(&document);
    for back in read_back("recursive", &bundled)? {
        assert_eq!(operations(&back), operations(&document));
    }
    // The first component that refers to the schema contains it, and the second one refers to the first.
    let schemas = ["components", "schemas"];
    assert_eq!(keys(&bundled, &schemas), ["Directory", "Other", "name"]);
    let directory = at(&bundled, &["components", "schemas", "Directory"]).ok_or("no home")?;
    assert_eq!(text(directory, &["properties", "parent", "$ref"]), Some("#/components/schemas/Directory"));
    assert_eq!(text(directory, &["properties", "children", "items", "$ref"]), Some("#/components/schemas/Other"));
    assert_eq!(text(&bundled, &["components", "schemas", "Other", "$ref"]), Some("#/components/schemas/Directory"));
    // A subschema that is also referenced directly becomes one component.
    assert_eq!(text(directory, &["properties", "name", "$ref"]), Some("#/components/schemas/name"));
    assert_eq!(keys(&bundled, &["components", "headers"]), ["X-Count"]);
    Ok(())
}

#[test]
fn a_path_item_replaces_the_reference_to_it() -> Outcome {
    let bundled = bundle(&fixture("recursive")?);
    assert_eq!(keys(&bundled, &["paths", "/folders/{id}"]), ["parameters", "get", "summary"]);
    let link = ["paths", "/folders", "get", "responses", "200", "links", "one", "operationRef"];
    assert_eq!(text(&bundled, &link), Some("#/paths/~1folders~1%7Bid%7D/get"));
    // A path item with a callback to itself is written once.
    let hook = at(&bundled, &["paths", "/folders/{id}", "get", "callbacks", "changed", "{$request.query.url}"]);
    let again = ["post", "callbacks", "again", "{$request.query.url}", "$ref"];
    let expected = "#/paths/~1folders~1%7Bid%7D/get/callbacks/changed/%7B$request.query.url%7D";
    assert_eq!(text(hook.ok_or("no callback")?, &again), Some(expected));
    Ok(())
}

#[test]
fn a_reference_within_an_example_is_not_rewritten() -> Outcome {
    let bundled = bundle(&fixture("recursive")?);
    let media = ["paths", "/root", "get", "responses", "200", "content", "application/json"];
    let media = at(&bundled, &media).ok_or("no content")?;
    assert_eq!(text(media, &["examples", "kept", "value", "$ref"]), Some("not/a/reference.yaml#/X"));
    Ok(())
}

#[test]
fn components_with_equal_names_get_numbers() -> Outcome {
    let document = fixture("names")?;
    let bundled = bundle(&document);
    for back in read_back("names", &bundled)? {
        assert_eq!(operations(&back), operations(&document));
    }
    assert_eq!(keys(&bundled, &["components"]), ["parameters", "schemas", "responses"]);
    assert_eq!(keys(&bundled, &["components", "parameters"]), ["Limit", "Limit2"]);
    assert_eq!(keys(&bundled, &["components", "responses"]), ["an_error"]);
    assert_eq!(keys(&bundled, &["components", "schemas"]), ["Cat", "Pet", "Cat2", "Dog", "Cat3"]);
    let get = at(&bundled, &["paths", "/pets", "get"]).ok_or("no operation")?;
    assert_eq!(text(get, &["parameters", "0", "$ref"]), Some("#/components/parameters/Limit2"));
    assert_eq!(text(get, &["parameters", "1", "$ref"]), Some("#/components/parameters/Limit"));
    assert_eq!(
        text(&bundled, &["components", "schemas", "Cat2", "properties", "friend", "$ref"]),
        Some("#/components/schemas/Cat3")
    );
    assert_eq!(bundle(&document), bundled);
    Ok(())
}

#[test]
fn a_renamed_branch_is_still_selected_by_its_old_name() -> Outcome {
    let bundled = bundle(&fixture("names")?);
    let mapping = ["components", "schemas", "Pet", "discriminator", "mapping"];
    let mapping = at(&bundled, &mapping).ok_or("no mapping")?;
    assert_eq!(keys(mapping, &[]), ["hound", "Cat"]);
    assert_eq!(text(mapping, &["hound"]), Some("#/components/schemas/Dog"));
    assert_eq!(text(mapping, &["Cat"]), Some("#/components/schemas/Cat2"));
    Ok(())
}

#[test]
fn a_contract_of_one_file_is_returned_unchanged() -> Outcome {
    let document = fixture("recursive")?;
    let [json, yaml] = read_back("single", &bundle(&document))?;
    for single in [json, yaml] {
        assert_eq!(&bundle(&single), single.root_node());
    }
    Ok(())
}

#[test]
fn an_id_has_a_pattern_in_the_bundle_for_readers_that_do_not_know_the_extension() -> Outcome {
    let text = r##"{ "openapi": "3.0.3", "info": { "title": "Ids", "version": "1" }, "paths": {}, "components": { "schemas": {
        "EventId": { "type": "string", "x-id-prefix": "evt" },
        "TicketId": { "type": "string", "x-id-prefix": "tic", "pattern": "^tic_.+$" } } } }"##;
    let bundled = bundle(&read(&written("ids.json", text)?, None)?);
    let pattern = |name| self::text(&bundled, &["components", "schemas", name, "pattern"]);
    assert_eq!(pattern("EventId"), Some("^evt_[0-7][0-9a-hjkmnp-tv-z]{25}$"));
    assert_eq!(pattern("TicketId"), Some("^tic_.+$"));
    for back in read_back("ids-again", &bundled)? {
        assert_eq!(to_json(&bundle(&back)), to_json(&bundled));
    }
    Ok(())
}

/// Strings and numbers that serializers often write incorrectly.
const AWKWARD: &str = r##"{
  "openapi": "3.0.3", "info": { "title": "1e3", "version": "1.10" }, "paths": {},
  "x-texts": ["", " a", "a ", "a: b", "# a", "\n", "a\n", "a\n\n", "\n  a\nb", "a \nb", "\ta", "a\tb\n", "\r\n", "\u0000",
    "\u0085", "\u2028", "\ud83d\ude00", "~", "null", "yes", "on", "0o17", "0x1F", "+1", ".5", "5.", "1_000", "12:30:00",
    "2026-01-15", ".inf", "-", "---", "...", "*a", "&a", "!a", "%a", "@a", "`a", "\"", "'", "mark0x0x", "<<", "="],
  "x-names": { "": 1, "1": 1, "1.0": 1, "true": 1, "null": 1, "<<": { "a": 1 }, "a\nb": 1, "? a": 1, "a: b": 1 },
  "x-numbers": [0, -0, 1.0, 1.10, 1e3, 1E+400, 0.1000000000000000000000001, 123456789012345678901234567890123456789012345]
}"##;

#[test]
fn all_strings_and_numbers_survive_writing_and_reading() -> Outcome {
    let first = read(&written("awkward.json", AWKWARD)?, None)?;
    let json = to_json(first.root_node());
    let numbers =
        ["1.10", "1e3", "1E+400", "0.1000000000000000000000001", "123456789012345678901234567890123456789012345"];
    assert!(numbers.iter().all(|number| json.contains(&format!("    {number}"))), "{json}");
    for back in read_back("again", first.root_node())? {
        assert_eq!(to_json(back.root_node()), json);
    }
    Ok(())
}

#[test]
fn numbers_in_yaml_notation_become_json_numbers() -> Outcome {
    let numbers =
        "openapi: 3.0.3\ninfo: { title: a, version: a }\npaths: {}\nx-numbers: [0x1F, .5, +1, 007, 5., .inf]\n";
    let document = read(&written("yaml-only.yaml", numbers)?, None)?;
    let json: serde_json::Value = serde_json::from_str(&to_json(document.root_node()))?;
    assert_eq!(json["x-numbers"], serde_json::json!([31, 0.5, 1, 7, 5, ".inf"]));
    Ok(())
}

#[test]
fn a_contract_of_3_1_is_bundled() -> Outcome {
    let document = fixture("modern")?;
    let bundled = bundle(&document);
    for back in read_back("modern", &bundled)? {
        assert_eq!(operations(&back), operations(&document));
    }
    assert_eq!(text(&bundled, &["paths", "/things", "$ref"]), Some("#/components/pathItems/things"));
    let hook = ["webhooks", "thing", "post", "requestBody", "content", "application/json", "schema", "$ref"];
    assert_eq!(text(&bundled, &hook), Some("#/components/schemas/Part"));
    let schemas = at(&bundled, &["components", "schemas"]).ok_or("no schemas")?;
    assert_eq!(keys(schemas, &[]), ["Thing", "Own", "Same", "Part", "thing"]);
    // A reference with its own description is a separate schema.
    assert_eq!(text(schemas, &["Thing", "description"]), Some("Better words."));
    assert_eq!(text(schemas, &["Thing", "$ref"]), Some("#/components/schemas/thing"));
    assert_eq!(text(schemas, &["thing", "$defs", "Part", "$ref"]), Some("#/components/schemas/Part"));
    // The bundle contains two anchors of one name, so the reference uses a pointer.
    assert_eq!(text(schemas, &["Same", "$ref"]), Some("#/components/schemas/Own"));
    Ok(())
}

#[test]
fn references_by_uri_are_bundled() -> Outcome {
    let bundled = bundle(&fixture("version_3_2")?);
    assert_eq!(keys(&bundled, &["security", "0"]), ["#/components/securitySchemes/token"]);
    let copy = ["paths", "/users", "additionalOperations", "COPY", "security", "0"];
    assert_eq!(keys(&bundled, &copy), ["#/components/securitySchemes/key"]);
    let body = ["paths", "/users", "query", "requestBody", "content", "application/json", "$ref"];
    assert_eq!(text(&bundled, &body), Some("#/components/mediaTypes/Users"));
    let item = ["paths", "/users", "query", "responses", "200", "content", "application/jsonl", "itemSchema", "$ref"];
    assert_eq!(text(&bundled, &item), Some("#/components/schemas/User"));
    read_back("version_3_2", &bundled)?;
    Ok(())
}
