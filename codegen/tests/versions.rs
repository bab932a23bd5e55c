//! The types that versions of one API share, and the differences between versions that are refused.

use std::fs;
use std::path::Path;

use writ_codegen::generate::{Generated, Request, generate_modules};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::render;

/// The paths of a contract, and its schemas, for a version with this prefix.
fn contract(prefix: &str, operation: &str, schemas: &str) -> String {
    format!(
        "openapi: 3.1.0
info: {{ title: Things, version: 1.0.0 }}
paths:
  {prefix}/things:
    post:
      operationId: addThing
      tags: [things]
{operation}
      requestBody: {{ required: true, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing' }} }} }} }}
      responses:
        '200': {{ description: The thing., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing' }} }} }} }}
components:
  securitySchemes:
    key: {{ type: apiKey, in: header, name: X-Key }}
    token: {{ type: http, scheme: bearer }}
  schemas:
{schemas}
"
    )
}

/// Generates two contracts as the modules `v1` and `v2` of a crate.
fn generated(name: &str, contracts: [String; 2]) -> Vec<Generated> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linked").join(name);
    fs::create_dir_all(&folder).expect("a folder");
    let requests: Vec<Request> = ["v1", "v2"]
        .into_iter()
        .zip(contracts)
        .map(|(module, text)| {
            let entry = folder.join(format!("{module}.yaml"));
            fs::write(&entry, text).expect("a contract");
            let layout = Layout::Module(module.to_owned());
            Request { entry, root: None, strict: false, layout, options: Options::default() }
        })
        .collect();
    generate_modules(&requests)
}

/// Returns the text of a generated file of a version, or an empty text if there is none.
fn file<'g>(generated: &'g [Generated], path: &str) -> &'g str {
    let files = generated.iter().filter_map(|one| one.output.as_ref()).flat_map(|output| &output.files);
    files.filter(|(known, _)| known.as_str() == path).map(|(_, text)| text.as_str()).next().unwrap_or_default()
}

/// Returns the methods of the trait with the conversions from `v1` to `v2`.
fn methods(generated: &[Generated]) -> Vec<&str> {
    let text = file(generated, "src/v1/conversions.rs");
    text.lines().filter_map(|line| line.trim().strip_prefix("fn ")?.split('(').next()).collect()
}

const PLAIN: &str = "    Thing: { type: object, required: [name], properties: { name: { type: string } } }";

#[test]
fn equal_types_are_shared_and_documentation_does_not_split_them() {
    let described = PLAIN.replace("Thing: {", "Thing: { description: Another text.,");
    let generated = generated("equal", [contract("/v1", "", PLAIN), contract("/v2", "", &described)]);
    assert_eq!(methods(&generated), [""; 0]);
    assert!(file(&generated, "src/v1/wire/types/things.rs").contains("pub use crate::v2::Thing;"));
    assert_eq!(file(&generated, "src/v1/wire/codec/things.rs"), "");
    let routes = file(&generated, "src/v1/wire/routes/versions.rs");
    assert!(
        routes.contains("routes.public(&operations::ADD_THING, AddThingRequest::decode, S::add_thing);"),
        "{routes}"
    );
    let operations = file(&generated, "src/v1/operations/things.rs");
    assert!(operations.contains("path: \"/v1/things\"") && !operations.contains("version: "), "{operations}");
    assert!(file(&generated, "src/v2/operations/things.rs").contains("version: \"v2\""));
}

#[test]
fn a_type_that_differs_only_deep_inside_is_converted_by_generated_code() {
    let schemas = |inner: &str| {
        format!(
            "    Thing: {{ type: object, properties: {{ boxes: {{ type: array, items: {{ $ref: '#/components/schemas/Box' }} }} }} }}
    Box: {{ type: object, properties: {{ next: {{ $ref: '#/components/schemas/Box' }}, inner: {{ $ref: '#/components/schemas/Inner' }} }} }}
    Inner: {{ type: object, properties: {{ {inner}: {{ type: integer }} }} }}"
        )
    };
    let generated = generated("deep", [contract("/v1", "", &schemas("old")), contract("/v2", "", &schemas("new"))]);
    let mut found = methods(&generated);
    found.sort_unstable();
    assert_eq!(found, ["inner_from_v2", "inner_to_v2"]);
    let functions = file(&generated, "src/v1/wire/convert.rs");
    assert!(functions.contains("pub fn thing_to_v2<V: Conversions>"), "{functions}");
}

#[test]
fn a_type_that_contains_itself_is_shared_if_it_is_equal() {
    let tree = "    Thing: { type: object, properties: { children: { type: array, items: { $ref: '#/components/schemas/Thing' } } } }";
    let generated = generated("recursive", [contract("/v1", "", tree), contract("/v2", "", tree)]);
    assert_eq!(methods(&generated), [""; 0]);
    assert!(file(&generated, "src/v1/wire/types/things.rs").contains("pub use crate::v2::Thing;"));
}

#[test]
fn a_limit_that_differs_is_a_difference_of_the_type() {
    let limited = PLAIN.replace("type: string", "type: string, maxLength: 5");
    let generated = generated("limit", [contract("/v1", "", PLAIN), contract("/v2", "", &limited)]);
    let mut found = methods(&generated);
    found.sort_unstable();
    assert_eq!(found, ["thing_from_v2", "thing_to_v2"]);
}

#[test]
fn a_parameter_with_another_name_on_the_wire_is_not_decoded_by_the_code_of_the_next_version() {
    let parameter = |name: &str| {
        format!("      parameters: [{{ name: {name}, in: query, x-rust-name: size, schema: {{ type: integer }} }}]")
    };
    let contracts = [contract("/v1", &parameter("count"), PLAIN), contract("/v2", &parameter("size"), PLAIN)];
    let generated = generated("wire", contracts);
    assert_eq!(methods(&generated), [""; 0]);
    assert!(file(&generated, "src/v1/things.rs").contains("pub struct AddThingRequest"));
}

#[test]
fn a_security_scheme_that_only_an_older_version_requires_is_verified_by_the_latest_authenticator() {
    let secured = |scheme: &str| format!("      security: [{{ {scheme}: [] }}]");
    let contracts = [contract("/v1", &secured("key"), PLAIN), contract("/v2", &secured("token"), PLAIN)];
    let generated = generated("schemes", contracts);
    let authenticator = file(&generated, "src/v2/wire/authenticator.rs");
    assert!(authenticator.contains("fn key(") && authenticator.contains("fn token("), "{authenticator}");
    assert_eq!(file(&generated, "src/v1/wire/authenticator.rs"), "");
}

#[test]
fn contracts_without_a_version_in_their_paths_are_independent() {
    let generated = generated("independent", [contract("", "", PLAIN), contract("/v2", "", PLAIN)]);
    assert!(file(&generated, "src/v1/mod.rs").contains("pub struct Api<"));
    assert!(!file(&generated, "src/v2/mod.rs").contains("pub fn versions"));
}

#[test]
fn an_operation_that_admits_other_callers_is_refused_with_its_location() {
    let contracts = [contract("/v1", "", PLAIN), contract("/v2", "      security: [{ key: [] }]", PLAIN)];
    let generated = generated("callers", contracts);
    assert!(generated.iter().any(|one| one.output.is_none()));
    let text = render(&generated[0].diagnostics, generated[0].diagnostics.sources(), false);
    assert!(text.contains("error[versions-differ]: `addThing` admits other callers in v1 than in v2"), "{text}");
    assert!(text.contains("v1.yaml:"), "{text}");
}

#[test]
fn a_recorded_response_that_differs_is_refused() {
    let idempotent = "      x-idempotency: { retention: 24h }
      parameters: [{ name: Idempotency-Key, in: header, required: true, schema: { type: string, maxLength: 64 } }]";
    let longer = PLAIN.replace("name: {", "title: {").replace("[name]", "[title]");
    let contracts = [contract("/v1", idempotent, PLAIN), contract("/v2", idempotent, &longer)];
    let generated = generated("recorded", contracts);
    let text = render(&generated[0].diagnostics, generated[0].diagnostics.sources(), false);
    assert!(text.contains("`addThing` has `x-idempotency`, and differs between v1 and v2"), "{text}");
}
