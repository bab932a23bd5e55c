//! Tests of the upgrade from Swagger 2.0 on small contracts.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use crate::diagnostic::{Diagnostics, render};
use crate::document::{Document, LoadOptions, Version, bundle, load};

/// Loads a contract of several files, the first of which is the entry, and returns it with its diagnostics.
fn loaded(files: &[(&str, &str)]) -> (Document, String) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder: PathBuf = std::env::temp_dir().join(format!("writ-swagger-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let mut diagnostics = Diagnostics::new();
    let document = load(&folder.join(files[0].0), &LoadOptions::default(), &mut diagnostics).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    (document, render(&diagnostics, diagnostics.sources(), false))
}

/// Returns the contract of OpenAPI 3.0 for one of Swagger 2.0 without mistakes.
fn upgraded(rest: &str) -> Json {
    let text = format!("swagger: '2.0'\ninfo: {{ title: t, version: '1' }}\n{rest}");
    let (document, diagnostics) = loaded(&[("swagger.yaml", &text)]);
    assert_eq!(diagnostics, "");
    assert_eq!((document.version(), document.written_in()), (Version::V30, Version::V20));
    document.root_node().to_json()
}

/// Returns the operation `POST /x` of OpenAPI 3.0 for one of Swagger 2.0.
fn operation(operation: &str) -> Json {
    upgraded(&format!("paths: {{ /x: {{ post: {{ {operation}, responses: {{ '204': {{ description: d }} }} }} }} }}"))
        ["paths"]["/x"]["post"]
        .clone()
}

#[test]
fn host_base_path_and_schemes_become_servers() {
    let servers = |rest: &str| upgraded(&format!("{rest}\npaths: {{}}"))["servers"].clone();
    assert_eq!(
        servers("host: a.example\nbasePath: /v1/\nschemes: [http, wss]"),
        json!([{ "url": "http://a.example/v1" }, { "url": "wss://a.example/v1" }])
    );
    assert_eq!(servers("host: a.example:8080"), json!([{ "url": "https://a.example:8080" }]));
    assert_eq!(servers("basePath: /v1"), json!([{ "url": "/v1" }]));
    assert_eq!(servers("basePath: /"), json!([{ "url": "/" }]));
    assert_eq!(servers("schemes: [http]"), Json::Null);
}

#[test]
fn security_definitions_become_security_schemes() {
    let contract = upgraded(
        "paths: {}\nsecurityDefinitions:\n  a: { type: basic }\n  b: { type: apiKey, name: k, in: query }\n  c: { type: \
         oauth2, flow: application, tokenUrl: /t, scopes: { r: Reads. } }\n  d: { type: oauth2, flow: implicit, \
         authorizationUrl: /a, scopes: {} }\n",
    );
    assert_eq!(
        contract["components"]["securitySchemes"],
        json!({
            "a": { "type": "http", "scheme": "basic" },
            "b": { "type": "apiKey", "name": "k", "in": "query" },
            "c": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "/t", "scopes": { "r": "Reads." } } } },
            "d": { "type": "oauth2", "flows": { "implicit": { "authorizationUrl": "/a", "scopes": {} } } },
        })
    );
}

#[test]
fn a_body_has_the_media_types_of_its_operation() {
    let body = |consumes: &str| {
        let parameters =
            "parameters: [{ name: b, in: body, required: true, description: B, schema: { type: string } }]";
        operation(&format!("{consumes}{parameters}"))["requestBody"].clone()
    };
    let schema = json!({ "schema": { "type": "string" } });
    assert_eq!(
        body("consumes: [text/plain, application/json], "),
        json!({ "description": "B", "required": true, "content": { "text/plain": schema, "application/json": schema } })
    );
    assert_eq!(body("")["content"], json!({ "application/json": schema }));
    assert_eq!(body("consumes: [], ")["content"], json!({ "application/json": schema }));
}

#[test]
fn a_form_has_the_media_types_that_carry_forms() {
    let content = |consumes: &str, kind: &str| {
        let body = operation(&format!("{consumes}parameters: [{{ name: f, in: formData, {kind} }}]"));
        body["requestBody"]["content"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(content("", "type: string"), ["application/x-www-form-urlencoded"]);
    assert_eq!(content("", "type: file"), ["multipart/form-data"]);
    let both = "consumes: [multipart/form-data, application/x-www-form-urlencoded], ";
    assert_eq!(content(both, "type: string"), ["application/x-www-form-urlencoded", "multipart/form-data"]);
    assert_eq!(content(both, "type: file"), ["multipart/form-data"]);
}

#[test]
fn collection_formats_become_styles() {
    let style = |place: &str, format: &str| {
        let format = if format.is_empty() { String::new() } else { format!("collectionFormat: {format}, ") };
        let parameter = format!("{{ name: p, in: {place}, type: array, {format}items: {{ type: string }} }}");
        let parameter = operation(&format!("parameters: [{parameter}]"))["parameters"][0].clone();
        assert_eq!(parameter["schema"], json!({ "type": "array", "items": { "type": "string" } }));
        (parameter["style"].clone(), parameter["explode"].clone())
    };
    assert_eq!(style("query", ""), (json!("form"), json!(false)));
    assert_eq!(style("query", "csv"), (json!("form"), json!(false)));
    assert_eq!(style("query", "multi"), (json!("form"), json!(true)));
    assert_eq!(style("query", "ssv"), (json!("spaceDelimited"), json!(false)));
    assert_eq!(style("query", "pipes"), (json!("pipeDelimited"), json!(false)));
    assert_eq!(style("header", "csv"), (Json::Null, Json::Null));
}

#[test]
fn collection_formats_without_a_style_are_noted_in_a_vendor_field() {
    let parameter = |place: &str, format: &str| {
        let items = "type: array, items: { type: string }";
        let parameter = format!("{{ name: p, in: {place}, collectionFormat: {format}, {items} }}");
        operation(&format!("parameters: [{parameter}]"))["parameters"][0].clone()
    };
    for (place, format) in [("query", "tsv"), ("header", "tsv"), ("header", "ssv"), ("header", "pipes")] {
        let parameter = parameter(place, format);
        assert_eq!(parameter["x-collectionFormat"], format);
        assert_eq!((&parameter["style"], &parameter["schema"]["type"]), (&Json::Null, &json!("array")));
    }
}

#[test]
fn a_list_in_a_form_has_one_format_for_both_media_types() {
    let both = "consumes: [multipart/form-data, application/x-www-form-urlencoded]";
    let list = |name: &str, format: &str| {
        format!("{{ name: {name}, in: formData, type: array, items: {{ type: string }}, collectionFormat: {format} }}")
    };
    let fields = [list("a", "csv"), list("b", "tsv"), list("c", "multi")].join(", ");
    let content = operation(&format!("{both}, parameters: [{fields}]"))["requestBody"]["content"].clone();
    let encoding = json!({
        "a": { "style": "form", "explode": false },
        "b": { "x-collectionFormat": "tsv" },
    });
    for media in ["multipart/form-data", "application/x-www-form-urlencoded"] {
        assert_eq!(content[media]["encoding"], encoding);
        assert_eq!(content[media]["schema"]["properties"]["c"]["type"], "array");
    }
}

#[test]
fn an_object_that_moves_keeps_its_references() {
    let contract = upgraded(
        "consumes: [application/json]\nproduces: [application/json]\npaths:\n  /x/{a~b}:\n    parameters: [{ name: a~b, \
         in: path, required: true, type: string }]\n    post:\n      parameters:\n        - $ref: '#/parameters/B'\n        \
         - $ref: '#/parameters/Q'\n      responses:\n        '200': { description: d, schema: { $ref: \
         '#/definitions/A%20b' } }\n        '201': { $ref: '#/responses/R' }\n        '202': { description: d, schema: { \
         $ref: '#/paths/~1x~1{a~0b}/post/responses/200/schema' } }\nparameters:\n  B: { name: b, in: body, schema: { \
         type: object } }\n  Q: { name: q, in: query, type: string }\nresponses:\n  R: { description: d, schema: { $ref: \
         '#/parameters/B/schema' } }\ndefinitions:\n  A b: { type: array, items: { $ref: '#/definitions/A%20b' } }\n",
    );
    let post = &contract["paths"]["/x/{a~b}"]["post"];
    assert_eq!(post["requestBody"], json!({ "$ref": "#/components/requestBodies/B" }));
    assert_eq!(post["parameters"], json!([{ "$ref": "#/components/parameters/Q" }]));
    let schema = |status: &str| post["responses"][status]["content"]["application/json"]["schema"]["$ref"].clone();
    assert_eq!(schema("200"), "#/components/schemas/A%20b");
    assert_eq!(post["responses"]["201"]["$ref"], "#/components/responses/R");
    assert_eq!(schema("202"), "#/paths/~1x~1%7Ba~0b%7D/post/responses/200/content/application~1json/schema");
    assert_eq!(
        contract["components"]["responses"]["R"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/requestBodies/B/content/application~1json/schema"
    );
    assert_eq!(contract["components"]["schemas"]["A b"]["items"]["$ref"], "#/components/schemas/A%20b");
}

#[test]
fn a_reference_leads_to_the_shared_object_and_not_to_a_copy_of_it() {
    let contract = upgraded(
        "consumes: [application/json]\nproduces: [application/json]\npaths:\n  /x:\n    put:\n      consumes: \
         [text/plain]\n      produces: [text/plain]\n      parameters: [{ $ref: '#/parameters/B' }]\n      responses: { \
         '200': { $ref: '#/responses/R' } }\n    post:\n      parameters: [{ $ref: '#/parameters/B' }]\n      responses: \
         { '200': { $ref: '#/responses/R' } }\nparameters:\n  B: { name: b, in: body, schema: { type: string } \
         }\nresponses:\n  R: { description: d, schema: { $ref: '#/parameters/B/schema' } }\n",
    );
    let item = &contract["paths"]["/x"];
    assert_eq!(item["post"]["requestBody"], json!({ "$ref": "#/components/requestBodies/B" }));
    assert_eq!(item["post"]["responses"]["200"], json!({ "$ref": "#/components/responses/R" }));
    let schema = json!({ "$ref": "#/components/requestBodies/B/content/application~1json/schema" });
    assert_eq!(item["put"]["requestBody"]["content"], json!({ "text/plain": { "schema": { "type": "string" } } }));
    assert_eq!(item["put"]["responses"]["200"]["content"], json!({ "text/plain": { "schema": schema } }));
}

#[test]
fn a_schema_allows_null_by_a_vendor_field() {
    let contract = upgraded(
        "paths: {}\ndefinitions:\n  A: { type: string, x-nullable: true }\n  B: { $ref: '#/definitions/A', x-isnullable: \
         true }\n  C: { type: string, x-nullable: false }\n",
    );
    assert_eq!(
        contract["components"]["schemas"],
        json!({
            "A": { "type": "string", "nullable": true },
            "B": { "allOf": [{ "$ref": "#/components/schemas/A" }], "nullable": true },
            "C": { "type": "string" },
        })
    );
}

#[test]
fn a_discriminator_maps_the_values_that_schemas_set() {
    let contract = upgraded(
        "paths: {}\ndefinitions:\n  A: { type: object, discriminator: k, required: [k], properties: { k: { type: string } } \
         }\n  B: { x-discriminator-value: b, allOf: [{ $ref: '#/definitions/A' }] }\n  C: { x-ms-discriminator-value: c, \
         allOf: [{ $ref: '#/definitions/B' }] }\n",
    );
    assert_eq!(
        contract["components"]["schemas"]["A"]["discriminator"],
        json!({ "propertyName": "k", "mapping": { "b": "#/components/schemas/B", "c": "#/components/schemas/C" } })
    );
}

#[test]
fn a_file_is_sent_without_the_media_types_of_structured_values() {
    let contract = upgraded(
        "produces: [application/json]\npaths:\n  /x:\n    get:\n      produces: [image/png, application/json]\n      \
         responses:\n        '200': { description: d, schema: { type: file } }\n        '404': { $ref: '#/responses/R' }\n\
         responses:\n  R: { description: d, schema: { type: string }, examples: { application/json: a } }\n",
    );
    let responses = &contract["paths"]["/x"]["get"]["responses"];
    let bytes = json!({ "schema": { "type": "string", "format": "binary" } });
    assert_eq!(responses["200"]["content"], json!({ "image/png": bytes }));
    assert_eq!(responses["404"], json!({ "$ref": "#/components/responses/R" }));
    let shared = json!({ "application/json": { "schema": { "type": "string" }, "example": "a" } });
    assert_eq!(contract["components"]["responses"]["R"]["content"], shared);
}

#[test]
fn objects_of_other_files_are_upgraded_in_their_place() {
    let entry = "swagger: '2.0'\ninfo: { title: t, version: '1' }\npaths:\n  /x:\n    $ref: 'b.yaml#/x'\n";
    let other = "x:\n  post:\n    parameters: [{ $ref: '#/body' }]\n    responses: { '200': { $ref: '#/response' } }\nbody: { \
                 name: b, in: body, schema: { type: string, x-nullable: true } }\nresponse: { description: d, schema: { $ref: \
                 '#/body/schema' } }\n";
    let (document, diagnostics) = loaded(&[("a.yaml", entry), ("b.yaml", other)]);
    assert_eq!(diagnostics, "");
    let bundled = bundle(&document).to_json();
    let post = &bundled["paths"]["/x"]["post"];
    assert_eq!(post["requestBody"]["$ref"], "#/components/requestBodies/body");
    let body = &bundled["components"]["requestBodies"]["body"]["content"]["application/json"];
    assert_eq!(body["schema"]["$ref"], "#/components/schemas/schema");
    assert_eq!(bundled["components"]["schemas"]["schema"], json!({ "type": "string", "nullable": true }));
    assert_eq!(post["responses"]["200"]["$ref"], "#/components/responses/response");
}

#[test]
fn a_schema_is_copied_within_a_limit() {
    let types: Vec<String> = (0..3_000).map(|number| format!("a/b{number}")).collect();
    let values: Vec<String> = (0..1_000).map(|number| number.to_string()).collect();
    let text = format!(
        "swagger: '2.0'\ninfo: {{ title: t, version: '1' }}\nconsumes: [{}]\npaths: {{ /x: {{ post: {{ parameters: [{{ name: b, \
         in: body, schema: {{ enum: [{}] }} }}], responses: {{ '204': {{ description: d }} }} }} }} }}\n",
        types.join(", "),
        values.join(", ")
    );
    let (_, diagnostics) = loaded(&[("a.yaml", &text)]);
    assert!(diagnostics.starts_with("error[too-many-copies]"), "{diagnostics}");
}

#[test]
fn a_reference_into_a_form_parameter_follows_it_or_is_reported() {
    let contract = |used: &str| {
        format!(
            "swagger: '2.0'\ninfo: {{ title: t, version: '1' }}\npaths: {{ /x: {{ post: {{ parameters: [{used}], responses: \
             {{ '204': {{ description: d }} }} }} }} }}\nparameters: {{ F: {{ name: f, in: formData, type: array, items: {{ \
             type: integer }} }} }}\ndefinitions: {{ D: {{ type: array, items: {{ $ref: '#/parameters/F/items' }} }} }}\n"
        )
    };
    let (document, diagnostics) = loaded(&[("swagger.yaml", &contract("{ $ref: '#/parameters/F' }"))]);
    assert_eq!(diagnostics, "");
    let reference = document.root_node().to_json()["components"]["schemas"]["D"]["items"]["$ref"].clone();
    let schema = "#/paths/~1x/post/requestBody/content/application~1x-www-form-urlencoded/schema";
    assert_eq!(reference, format!("{schema}/properties/f/items"));
    let (_, diagnostics) = loaded(&[("swagger.yaml", &contract(""))]);
    assert!(
        diagnostics.contains("error[dangling-ref]: the target of this reference belongs to a form"),
        "{diagnostics}"
    );
}
