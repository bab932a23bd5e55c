//! The upgrade of a contract from OpenAPI 3.0 to 3.1: it changes no generated code, and its conversion to
//! `utoipa` loses nothing.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::output::Output;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, Version, bundle, load, to_json, upgrade_3_1};

/// Returns the contract of this repository, the golden contracts, and published contracts if they exist.
fn contracts() -> Vec<(PathBuf, Option<PathBuf>)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![(here.join("../spec/v1/openapi.yaml"), Some(here.join("../spec")))];
    for entry in std::fs::read_dir(here.join("tests/golden")).expect("the golden contracts").flatten() {
        found.push((entry.path().join("contract.yaml"), None));
    }
    match std::fs::read_dir(here.join("../../shared/corpus/real")) {
        Ok(entries) => found.extend(entries.flatten().map(|entry| (entry.path(), None))),
        Err(_) => eprintln!("skipped published contracts: the folder ../shared/corpus/real does not exist"),
    }
    found.sort();
    found
}

/// Returns the upgraded contract and its original version, `None` if the contract has errors.
fn upgraded(entry: &Path, root: Option<&PathBuf>) -> Option<(String, Version)> {
    let options = LoadOptions { root: root.cloned(), ..LoadOptions::default() };
    let mut diagnostics = Diagnostics::new();
    let document = load(entry, &options, &mut diagnostics).filter(|_| !diagnostics.has_errors())?;
    Some((to_json(&upgrade_3_1(&bundle(&document), document.version())), document.version()))
}

/// Writes a contract to a separate folder, and returns its path.
fn written(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("upgrade_3_1").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("openapi.json");
    std::fs::write(&path, text).expect("the contract is written");
    path
}

/// Returns a name for a contract, made of the last two segments of its path.
fn name(entry: &Path) -> String {
    let shown = entry.to_string_lossy();
    let tail = shown.rsplit('/').take(2).collect::<Vec<_>>();
    tail.into_iter().rev().collect::<Vec<_>>().join("-").replace('.', "-")
}

/// Generates a crate from a contract; the error contains the diagnostics.
fn output(entry: &Path, root: Option<&PathBuf>) -> Result<Output, String> {
    let generated = generate(&Request {
        entry: entry.to_owned(),
        root: root.cloned(),
        strict: false,
        layout: Layout::Crate,
        options: Options::default(),
    });
    generated.output.ok_or_else(|| render(&generated.diagnostics, generated.diagnostics.sources(), false))
}

/// The contracts whose code changes, with the reasons. Their upgraded contracts are generated too.
///
/// The upgrade makes a nullable schema without a type a branch beside null, and a type without its own name is
/// named after its location. Some parts of an `allOf` refer to a nullable schema while others do not. The code
/// of a 3.0 contract accepts null there, but OpenAPI 3.1 does not.
const DIFFERENT: &[(&str, &str)] = &[
    ("real-asana-yaml", "names of branches; parts of allOf that disagree about null"),
    ("real-box-json", "names of branches; parts of allOf that disagree about null"),
    ("real-github-json", "names of branches"),
    ("real-openai-1-2-0-openapi-yaml", "names of branches"),
    ("choices-contract-yaml", "the draft of interpreted schemas"),
    ("directions-contract-yaml", "the draft of interpreted schemas"),
    ("families-contract-yaml", "the bundle makes a component of a schema in another file"),
    ("injection-contract-yaml", "the draft of interpreted schemas"),
    ("unions-contract-yaml", "names of branches"),
];

#[test]
fn an_upgraded_contract_generates_the_code_of_the_original() {
    let mut wrong = Vec::new();
    for (entry, root) in contracts() {
        let Some((text, Version::V30)) = upgraded(&entry, root.as_ref()) else { continue };
        let Ok(before) = output(&entry, root.as_ref()) else { continue };
        let name = name(&entry);
        let after = match output(&written(&name, &text), None) {
            Ok(after) => after,
            Err(rendered) => {
                wrong.push(format!("{name}: {rendered}"));
                continue;
            }
        };
        let changed = before.files.iter().filter(|(file, text)| after.files.get(*file) != Some(*text));
        let changed: Vec<String> = changed
            .map(|(file, text)| format!("{name}: {file}{}", first_difference(text, after.files.get(file))))
            .collect();
        match DIFFERENT.iter().any(|(known, _)| *known == name) {
            true if changed.is_empty() => wrong.push(format!("{name}: the code is equal: remove the exception")),
            true => {}
            false => wrong.extend(changed),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn first_difference(before: &str, after: Option<&String>) -> String {
    let Some(after) = after else { return " is missing".to_owned() };
    let lines = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    lines.map(|(before, after)| format!("\n  - {before}\n  + {after}")).unwrap_or_default()
}

#[test]
fn the_model_of_utoipa_loses_nothing() {
    let mut lost = Vec::new();
    let mut seen = 0;
    for (entry, root) in contracts() {
        let Some((text, _)) = upgraded(&entry, root.as_ref()) else { continue };
        let model = writ_runtime::openapi::read(&text);
        let out = model.to_json().expect("JSON");
        let mut before: Json = serde_json::from_str(&text).expect("JSON");
        let after: Json = serde_json::from_str(&out).expect("JSON");
        allow(&mut before);
        differences("", &before, &after, &mut |what| lost.push(format!("{}{what}", name(&entry))));
        // A key that the document contains twice is an error here.
        let mut diagnostics = Diagnostics::new();
        let path = written(&format!("{}-model", name(&entry)), &out);
        load(&path, &LoadOptions::default(), &mut diagnostics);
        if diagnostics.has_errors() {
            lost.push(render(&diagnostics, diagnostics.sources(), false));
        }
        seen += 1;
    }
    assert!(seen > 10, "{seen} contracts");
    lost.truncate(40);
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// Applies the differences that the model of utoipa always makes. The documentation of `read` lists them.
fn allow(document: &mut Json) {
    let version =
        if document["openapi"].as_str().is_some_and(|text| text.starts_with("3.2")) { "3.2.0" } else { "3.1.0" };
    document["openapi"] = Json::from(version);
    let fields = document.as_object_mut().expect("an object");
    let info = fields.entry("info").or_insert_with(|| Json::Object(Map::new()));
    for name in ["title", "version"] {
        info.as_object_mut().expect("an object").entry(name).or_insert_with(|| Json::from(""));
    }
    fields.entry("paths").or_insert_with(|| Json::Object(Map::new()));
    for name in ["paths", "webhooks"] {
        entries(fields, name).for_each(allow_item);
    }
    let Some(components) = fields.get_mut("components").and_then(Json::as_object_mut) else { return };
    for parameter in entries(components, "parameters") {
        allow_parameter(parameter);
    }
    for item in entries(components, "pathItems") {
        allow_item(item);
    }
    for scheme in entries(components, "securitySchemes") {
        if let Some(Json::String(name)) = scheme.get_mut("scheme") {
            name.make_ascii_lowercase();
        }
    }
    // The model writes boolean schemas as these equivalent objects.
    for schema in entries(components, "schemas") {
        match schema.as_bool() {
            Some(true) => *schema = serde_json::json!({}),
            Some(false) => *schema = serde_json::json!({ "not": {} }),
            None => {}
        }
    }
}

/// Returns the values of a map in an object.
fn entries<'j>(object: &'j mut Map<String, Json>, name: &str) -> impl Iterator<Item = &'j mut Json> {
    object.get_mut(name).and_then(Json::as_object_mut).into_iter().flat_map(Map::values_mut)
}

fn allow_item(item: &mut Json) {
    let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let Some(fields) = item.as_object_mut() else { return };
    fields.get_mut("parameters").and_then(Json::as_array_mut).into_iter().flatten().for_each(allow_parameter);
    for (_, operation) in fields.iter_mut().filter(|(name, _)| methods.contains(&name.as_str())) {
        operation["parameters"].as_array_mut().into_iter().flatten().for_each(allow_parameter);
        let fields = operation.as_object_mut().expect("an operation");
        fields.retain(|name, value| name != "parameters" || !value.is_null());
        fields.entry("responses").or_insert_with(|| Json::Object(Map::new()));
    }
}

fn allow_parameter(parameter: &mut Json) {
    if let Some(fields) = parameter.as_object_mut().filter(|fields| !fields.contains_key("$ref")) {
        fields.entry("required").or_insert(Json::Bool(false));
    }
}

/// Reports every location at which two values differ.
fn differences(at: &str, before: &Json, after: &Json, report: &mut impl FnMut(String)) {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => {
            for (name, value) in before {
                match after.get(name) {
                    Some(other) => differences(&format!("{at}/{name}"), value, other, report),
                    None => report(format!("{at}/{name}: lost")),
                }
            }
            for name in after.keys().filter(|name| !before.contains_key(*name)) {
                report(format!("{at}/{name}: new"));
            }
        }
        (Json::Array(before), Json::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                differences(&format!("{at}/{index}"), before, after, report);
            }
        }
        _ if before == after => {}
        _ => report(format!("{at}: {before} became {after}")),
    }
}
