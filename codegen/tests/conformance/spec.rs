//! A contract for the groups of a dialect: each group is the request body of one operation.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;

use crate::contracts::rendered;
use crate::exceptions::Exceptions;
use crate::files::{Translated, translate};
use crate::suite::{self, Dialect, Group};
use crate::workspace::target;

/// The plan of a contract: its dialect, and the variant of its schemas.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The dialect of the schemas.
    pub dialect: Dialect,
    /// True if every schema of the contract declares its type.
    pub typed: bool,
    /// True if formats are annotations that are not validated.
    pub annotated: bool,
}

/// The code that is generated for a plan.
pub struct Contract {
    /// The plan of the contract.
    pub plan: Plan,
    /// The groups that have an operation; the group at index `n` is `POST /gn`.
    pub groups: Vec<Group>,
    /// The groups that the generator rejects, with the errors.
    pub rejected: Vec<(Group, String)>,
    /// The generated files and diagnostics.
    pub generated: Generated,
}

impl Plan {
    /// Returns the name of the contract: the dialect and the variant.
    pub fn name(self) -> String {
        format!("{}{}", self.counted(), if self.annotated { "-annotated" } else { "" })
    }

    /// Returns the name under which its tests are counted, except for those of formats.
    pub fn counted(self) -> String {
        format!("{}{}", self.dialect.name(), if self.typed { "-typed" } else { "" })
    }
}

/// Generates a contract of all groups.
///
/// Groups that are listed as exceptions are generated alone first, to find out if they are rejected. If the
/// contract of the other groups is rejected, these are generated alone too.
pub fn contract(plan: Plan, groups: Vec<Group>, exceptions: &Exceptions) -> Contract {
    let (listed, mut open): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| exceptions.lists(&group.name()));
    let mut rejected = sift(plan, listed, &mut open);
    let mut generated = attempt(plan, &open);
    if generated.output.is_none() {
        let all = std::mem::take(&mut open);
        rejected.extend(sift(plan, all, &mut open));
        generated = attempt(plan, &open);
    }
    assert!(generated.output.is_some(), "{}", rendered(&generated.diagnostics));
    Contract { plan, groups: open, rejected, generated }
}

/// Moves the groups that can be generated to `open`, and returns the others with their errors.
fn sift(plan: Plan, groups: Vec<Group>, open: &mut Vec<Group>) -> Vec<(Group, String)> {
    let mut rejected = Vec::new();
    for group in groups {
        let alone = attempt(plan, std::slice::from_ref(&group));
        match alone.output {
            Some(_) => open.push(group),
            None => rejected.push((group, errors(&rendered(&alone.diagnostics)))),
        }
    }
    rejected
}

/// Returns the lines that start an error.
fn errors(rendered: &str) -> String {
    let lines: Vec<&str> = rendered.lines().filter(|line| line.starts_with("error")).collect();
    lines.join("; ")
}

fn attempt(plan: Plan, groups: &[Group]) -> Generated {
    let entry = write(plan, groups);
    let contract = writ_contract::model::Options {
        implied_types: plan.typed,
        check_formats: !plan.annotated,
        ..writ_contract::model::Options::default()
    };
    let options = Options { contract, ..Options::default() };
    generate(&Request { entry, root: None, strict: false, layout: Layout::Crate, options })
}

fn write(plan: Plan, groups: &[Group]) -> PathBuf {
    let folder = target().join("conformance");
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
                "204": { "description": "The body is valid." },
                "400": { "description": "The body is not JSON." },
                "422": { "description": "The body is not valid against the schema." },
            },
        });
        paths.insert(format!("/{name}"), json!({ "post": operation }));
        let pointer = format!("/components/schemas/{name}");
        let below = format!("{}/{name}", plan.name());
        let Translated { mut schema, mut files } =
            translate(plan.dialect, &group.schema, &pointer, &below, &suite::elsewhere);
        if plan.dialect == Dialect::Draft4 {
            name_null(&mut schema);
            files.values_mut().for_each(name_null);
        }
        files.iter().for_each(|(file, schema)| store(&folder.join(&below).join(file), schema));
        schemas.insert(name, schema);
    }
    let document = json!({
        "openapi": plan.dialect.openapi(),
        "info": { "title": plan.name(), "version": "1.0.0" },
        "paths": paths,
        "components": { "schemas": schemas },
    });
    let entry = folder.join(format!("{}.json", plan.name()));
    store(&entry, &document);
    entry
}

fn store(file: &Path, document: &Json) {
    std::fs::create_dir_all(file.parent().unwrap_or(file)).expect("a folder for the contract");
    let text = serde_json::to_string_pretty(document).expect("JSON");
    std::fs::write(file, text).expect("the contract is written");
}

/// Replaces the type `null`, which OpenAPI 3.0 does not have, with an enumeration of null alone.
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
