//! Tests of the upgrade passes on small schemas.

use serde_json::{Value as Json, json};

use super::upgrade_3_1;
use crate::diagnostic::Diagnostics;
use crate::document::node::Node;
use crate::document::{LoadOptions, Version, load};

/// Returns an OpenAPI 3.0 contract after the upgrade.
fn upgraded(contract: &Json) -> Json {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("writ-upgrade-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("openapi.json");
    std::fs::write(&path, contract.to_string()).unwrap();
    let document = load(&path, &LoadOptions::default(), &mut Diagnostics::new()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let node: Node = upgrade_3_1(document.root_node(), document.version());
    assert_eq!(document.version(), Version::V30);
    node.to_json()
}

/// Returns an OpenAPI 3.0 schema after the upgrade.
fn schema(schema: Json) -> Json {
    let contract = json!({
        "openapi": "3.0.3",
        "info": { "title": "t", "version": "1" },
        "paths": {},
        "components": { "schemas": { "S": schema, "A": { "type": "string" } } },
    });
    upgraded(&contract)["components"]["schemas"]["S"].clone()
}

#[test]
fn the_upgrade_sets_the_version_and_the_dialect() {
    let contract = json!({ "openapi": "3.0.3", "info": { "title": "t", "version": "1" }, "paths": {} });
    let upgraded = upgraded(&contract);
    assert_eq!(upgraded["openapi"], "3.1.0");
    assert_eq!(upgraded["jsonSchemaDialect"], "https://spec.openapis.org/oas/3.1/dialect/base");
}

#[test]
fn a_nullable_type_becomes_two_types() {
    assert_eq!(schema(json!({ "type": "string", "nullable": true })), json!({ "type": ["string", "null"] }));
    assert_eq!(schema(json!({ "type": "string", "nullable": false })), json!({ "type": "string" }));
}

#[test]
fn a_nullable_enum_lists_null_once() {
    let listed = json!({ "type": ["string", "null"], "enum": ["a", null] });
    assert_eq!(schema(json!({ "type": "string", "nullable": true, "enum": ["a"] })), listed);
    assert_eq!(schema(json!({ "type": "string", "nullable": true, "enum": ["a", null] })), listed);
    assert_eq!(schema(json!({ "nullable": true, "enum": ["a"] })), json!({ "enum": ["a", null] }));
}

#[test]
fn a_nullable_composition_has_a_branch_for_null() {
    let reference = json!({ "$ref": "#/components/schemas/A" });
    let nothing = json!({ "type": "null" });
    assert_eq!(
        schema(json!({ "nullable": true, "description": "d", "allOf": [reference] })),
        json!({ "description": "d", "anyOf": [{ "allOf": [reference] }, nothing] })
    );
    assert_eq!(
        schema(json!({ "nullable": true, "$ref": "#/components/schemas/A" })),
        json!({ "anyOf": [reference, nothing] })
    );
    assert_eq!(
        schema(json!({ "nullable": true, "type": "object", "oneOf": [reference] })),
        json!({ "anyOf": [{ "type": "object", "oneOf": [reference] }, nothing] })
    );
    assert_eq!(schema(json!({ "nullable": true, "description": "any" })), json!({ "description": "any" }));
}

#[test]
fn an_exclusive_bound_becomes_a_number() {
    let both = json!({ "minimum": 1, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false });
    assert_eq!(schema(both), json!({ "exclusiveMinimum": 1, "maximum": 9 }));
    assert_eq!(schema(json!({ "exclusiveMaximum": true })), json!({}));
    assert_eq!(schema(json!({ "exclusiveMinimum": 3 })), json!({ "exclusiveMinimum": 3 }));
}

#[test]
fn an_example_of_a_schema_moves_into_its_examples() {
    assert_eq!(schema(json!({ "example": 1 })), json!({ "examples": [1] }));
    assert_eq!(schema(json!({ "example": null })), json!({ "examples": [null] }));
    assert_eq!(schema(json!({ "example": 1, "examples": [2] })), json!({ "examples": [1, 2] }));
}

#[test]
fn names_from_the_contract_are_not_keywords() {
    let named = json!({ "type": "object", "properties": { "example": { "type": "string" }, "nullable": {} } });
    assert_eq!(schema(named.clone()), named);
    let given = json!({ "default": { "nullable": true, "example": 1 }, "x-own": { "exclusiveMinimum": true } });
    assert_eq!(schema(given.clone()), given);
}

#[test]
fn a_binary_format_becomes_a_content_keyword() {
    assert_eq!(
        schema(json!({ "type": "string", "format": "byte", "nullable": true })),
        json!({ "type": ["string", "null"], "contentEncoding": "base64" })
    );
    assert_eq!(
        schema(json!({ "type": "string", "format": "binary" })),
        json!({ "type": "string", "contentMediaType": "application/octet-stream" })
    );
}

#[test]
fn only_annotations_are_kept_beside_a_reference() {
    assert_eq!(
        schema(json!({ "$ref": "#/components/schemas/A", "minLength": 3, "description": "d", "x-y": 1 })),
        json!({ "$ref": "#/components/schemas/A", "description": "d", "x-y": 1 })
    );
    let contract = json!({
        "openapi": "3.0.3",
        "info": { "title": "t", "version": "1" },
        "paths": { "/": { "get": {
            "parameters": [{ "$ref": "#/components/parameters/P", "description": "ignored" }],
            "responses": { "200": { "$ref": "#/components/responses/R", "description": "ignored" } },
        } } },
        "components": {
            "parameters": { "P": { "name": "p", "in": "query", "example": 1, "schema": { "example": 1 } } },
            "responses": { "R": { "description": "r" } },
        },
    });
    let upgraded = upgraded(&contract);
    let get = &upgraded["paths"]["/"]["get"];
    assert_eq!(get["parameters"][0], json!({ "$ref": "#/components/parameters/P" }));
    assert_eq!(get["responses"]["200"], json!({ "$ref": "#/components/responses/R" }));
    let parameter = json!({ "name": "p", "in": "query", "example": 1, "schema": { "examples": [1] } });
    assert_eq!(upgraded["components"]["parameters"]["P"], parameter);
}

#[test]
fn a_nullable_subschema_of_all_of_makes_the_schema_nullable() {
    let reference = json!({ "$ref": "#/components/schemas/A" });
    assert_eq!(
        schema(json!({ "allOf": [reference, { "nullable": true, "description": "d" }] })),
        json!({ "anyOf": [{ "allOf": [reference, { "description": "d" }] }, { "type": "null" }] })
    );
}
