//! Tests that contracts round-trip through the model.

use serde_json::{Value, json};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::{merge, read};

fn document(components: Value, paths: Value) -> OpenApi {
    let info = json!({ "title": "t", "version": "1" });
    read(&json!({ "openapi": "3.1.0", "info": info, "paths": paths, "components": components }).to_string())
}

fn written(document: &OpenApi) -> Value {
    serde_json::to_value(document).unwrap()
}

#[test]
fn a_schema_that_the_model_can_represent_uses_its_fields() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "string", "maxLength": 3 } } });
    let document = document(json!({ "schemas": { "S": schema } }), json!({}));
    let held = &document.components.as_ref().unwrap().schemas["S"];
    assert!(matches!(held, RefOr::T(Schema::Object(object)) if object.properties.contains_key("a")));
    assert_eq!(written(&document)["components"]["schemas"]["S"], schema);
}

#[test]
fn keywords_that_the_model_lacks_are_preserved() {
    for schema in [
        json!({}),
        json!({ "description": "without a type" }),
        json!({ "const": 1 }),
        json!({ "type": "object", "patternProperties": { "^x": { "type": "string" } } }),
        json!({ "type": "array" }),
        json!({ "type": "object", "properties": {}, "oneOf": [{ "required": ["a"] }] }),
        json!({ "if": { "type": "string" }, "then": { "minLength": 1 } }),
        json!({ "default": null }),
        json!({ "type": "number", "maximum": 1.5, "multipleOf": 100.0 }),
        json!({ "$ref": "#/components/schemas/Other", "deprecated": true }),
    ] {
        let document = document(json!({ "schemas": { "S": schema } }), json!({}));
        assert_eq!(written(&document)["components"]["schemas"]["S"], schema);
    }
}

#[test]
fn all_other_objects_of_a_contract_round_trip() {
    let components = json!({
        "parameters": { "P": { "name": "p", "in": "query", "required": false, "allowEmptyValue": true,
            "examples": { "one": { "value": 1 } }, "schema": {} } },
        "headers": { "H": { "required": true, "schema": { "type": "string" } } },
        "callbacks": { "C": { "{$request.body#/url}": { "post": { "responses": { "200": { "description": "" } } } } } },
        "pathItems": { "I": { "get": { "responses": {} } } },
        "securitySchemes": { "s": { "type": "http", "scheme": "dpop" } },
        "x-own": [1],
    });
    let paths = json!({ "/a": { "summary": "s", "get": {
        "operationId": "a",
        "externalDocs": { "url": "https://example.com" },
        "requestBody": { "content": { "text/plain": { "schema": {} } }, "required": true },
        "responses": { "200": { "description": "", "content": { "application/json": { "schema": { "const": 1 } } } } },
        "callbacks": { "done": { "$ref": "#/components/callbacks/C" } },
        "x-cache": { "ttl": "1s" },
    } } });
    let document = document(components.clone(), paths.clone());
    assert_eq!(written(&document)["components"], components);
    assert_eq!(written(&document)["paths"], paths);
    assert_eq!(written(&document)["info"], json!({ "title": "t", "version": "1" }));
    let get = document.paths.paths["/a"].get.as_ref().unwrap();
    assert_eq!(get.operation_id.as_deref(), Some("a"));
    assert!(get.responses.responses.contains_key("200"));
}

#[test]
fn invalid_input_gives_an_empty_document() {
    assert_eq!(written(&read("[]")), written(&OpenApi::default()));
    assert_eq!(written(&read("{")), written(&OpenApi::default()));
}

#[test]
fn the_first_of_two_equal_names_is_kept() {
    let operation = |id: &str| json!({ "operationId": id, "responses": {} });
    let first =
        document(json!({ "headers": { "H": { "description": "1" } } }), json!({ "/a": { "get": operation("1") } }));
    let second = document(
        json!({ "headers": { "H": { "description": "2" }, "I": { "description": "2" } } }),
        json!({ "/a": { "get": operation("2"), "put": operation("2") }, "/b": { "get": operation("2") } }),
    );
    let merged = written(&merge(first, second));
    assert_eq!(merged["components"]["headers"]["H"]["description"], "1");
    assert_eq!(merged["components"]["headers"]["I"]["description"], "2");
    assert_eq!(merged["paths"]["/a"]["get"]["operationId"], "1");
    assert_eq!(merged["paths"]["/a"]["put"]["operationId"], "2");
    assert_eq!(merged["paths"]["/b"]["get"]["operationId"], "2");
}

#[test]
fn an_operation_keeps_the_security_requirements_of_its_document() {
    let mut second = document(json!({}), json!({ "/b": { "get": { "responses": {} } } }));
    second.security = Some(vec![utoipa::openapi::SecurityRequirement::new("key", Vec::<String>::new())]);
    let merged = written(&merge(document(json!({}), json!({ "/a": { "get": { "responses": {} } } })), second));
    assert_eq!(merged["paths"]["/b"]["get"]["security"], json!([{ "key": [] }]));
    assert_eq!(merged["paths"]["/a"]["get"]["security"], Value::Null);
    assert_eq!(merged["security"], Value::Null);
}
