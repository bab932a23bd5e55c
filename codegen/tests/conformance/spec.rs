//! A contract of a dialect's groups: each is the body of an operation of its own.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::render::Layout;

use crate::contracts::said;
use crate::exceptions::Exceptions;
use crate::suite::{Dialect, Group};
use crate::workspace::target;

/// What is generated of a dialect.
pub struct Contract {
    /// The dialect.
    pub dialect: Dialect,
    /// The groups that have an operation: that at `n` is `POST /gn`.
    pub groups: Vec<Group>,
    /// The groups that the generator refuses, and in which words.
    pub refused: Vec<(Group, String)>,
    /// The generated files.
    pub generated: Generated,
}

/// Generates a contract of all groups. What is listed as refused is tried on its own, and so is
/// everything when something else is refused.
pub fn contract(dialect: Dialect, groups: Vec<Group>, exceptions: &Exceptions) -> Contract {
    let (listed, mut open): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| exceptions.lists(&group.name()));
    let mut refused = sift(dialect, listed, &mut open);
    let mut generated = attempt(dialect, &open);
    if generated.output.is_none() {
        let all = std::mem::take(&mut open);
        refused.extend(sift(dialect, all, &mut open));
        generated = attempt(dialect, &open);
    }
    assert!(generated.output.is_some(), "{}", said(&generated.diagnostics));
    Contract { dialect, groups: open, refused, generated }
}

/// Moves the groups that can be generated to `open`, and gives back the others.
fn sift(dialect: Dialect, groups: Vec<Group>, open: &mut Vec<Group>) -> Vec<(Group, String)> {
    let mut refused = Vec::new();
    for group in groups {
        let alone = attempt(dialect, std::slice::from_ref(&group));
        match alone.output {
            Some(_) => open.push(group),
            None => refused.push((group, errors(&said(&alone.diagnostics)))),
        }
    }
    refused
}

/// The first lines of the errors.
fn errors(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("error")).collect();
    lines.join("; ")
}

fn attempt(dialect: Dialect, groups: &[Group]) -> Generated {
    let entry = write(dialect, groups);
    generate(&Request { entry, root: None, strict: false, layout: Layout::Crate, implied_types: false })
}

fn write(dialect: Dialect, groups: &[Group]) -> PathBuf {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for (at, group) in groups.iter().enumerate() {
        let name = format!("g{at}");
        let operation = json!({
            "operationId": name,
            "tags": ["suite"],
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } },
            },
            "responses": {
                "204": { "description": "Valid." },
                "400": { "description": "Not readable." },
                "422": { "description": "Not valid." },
            },
        });
        paths.insert(format!("/{name}"), json!({ "post": operation }));
        let mut schema = group.schema.clone();
        if let Some(object) = schema.as_object_mut() {
            object.remove("$schema");
        }
        refer(&mut schema, &name);
        if dialect == Dialect::Draft4 {
            name_null(&mut schema);
        }
        schemas.insert(name, schema);
    }
    let document = json!({
        "openapi": dialect.openapi(),
        "info": { "title": dialect.name(), "version": "1.0.0" },
        "paths": paths,
        "components": { "schemas": schemas },
    });
    let folder = target().join("conformance");
    std::fs::create_dir_all(&folder).expect("a folder for the contract");
    let entry = folder.join(format!("{}.json", dialect.name()));
    store(&entry, &document);
    entry
}

fn store(entry: &Path, document: &Json) {
    let text = serde_json::to_string_pretty(document).expect("JSON");
    std::fs::write(entry, text).expect("the contract is written");
}

/// Within a contract, `#` is the whole document: references into the schema go to where it stands.
fn refer(schema: &mut Json, name: &str) {
    match schema {
        Json::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value {
                    Json::String(reference) if key == "$ref" => {
                        if let Some(rest) =
                            reference.strip_prefix('#').filter(|rest| rest.is_empty() || rest.starts_with('/'))
                        {
                            *reference = format!("#/components/schemas/{name}{rest}");
                        }
                    }
                    // What stands in these is no schema.
                    _ if matches!(key.as_str(), "const" | "enum" | "default") => {}
                    _ => refer(value, name),
                }
            }
        }
        Json::Array(elements) => elements.iter_mut().for_each(|element| refer(element, name)),
        _ => {}
    }
}

/// OpenAPI 3.0 has no type `null`; the same is said by an enumeration of null alone.
fn name_null(schema: &mut Json) {
    match schema {
        Json::Object(object) => {
            if object.get("type").is_some_and(|name| name == "null") {
                object.remove("type");
                object.insert("enum".to_owned(), json!([null]));
            }
            object.iter_mut().filter(|(key, _)| *key != "enum").for_each(|(_, value)| name_null(value));
        }
        Json::Array(elements) => elements.iter_mut().for_each(name_null),
        _ => {}
    }
}
