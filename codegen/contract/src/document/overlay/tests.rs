//! Tests of overlays on small contracts.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::diagnostic::{Diagnostics, render};
use crate::document::{Document, LoadOptions, load};

const CONTRACT: &str = "openapi: 3.1.0
info: { title: Pets, version: '1', license: { name: MIT } }
tags:
  - name: pets
  - name: shops
paths:
  /pets:
    get:
      operationId: listPets
      tags: [pets]
      parameters:
        - { name: limit, in: query, schema: { type: integer } }
        - { name: filter, in: query, schema: { type: string } }
        - { name: sort, in: query, schema: { type: string } }
      responses: { '200': { description: ok } }
  /shops:
    get: { operationId: listShops, tags: [shops], x-internal: true, responses: { '200': { description: ok } } }
    post: { operationId: addShop, tags: [shops], responses: { '200': { description: ok } } }
  /shared:
    $ref: '#/components/pathItems/Shared'
components:
  pathItems:
    Shared: { get: { operationId: shared, responses: { '200': { description: ok } } } }
  schemas:
    Pet: { type: object, properties: { name: { type: string } } }
";

/// A loaded contract with overlays, and the diagnostics of the loading.
struct Loaded {
    document: Option<Document>,
    diagnostics: Diagnostics,
}

impl Loaded {
    /// Returns the value at a JSON pointer of the entry file; null if there is none.
    fn at(&self, pointer: &str) -> Json {
        let tree = self.document.as_ref().expect("a document").root_node().to_json();
        tree.pointer(pointer).cloned().unwrap_or_default()
    }

    fn text(&self) -> String {
        render(&self.diagnostics, self.diagnostics.sources(), false)
    }
}

/// Loads a contract with overlays of the given files.
fn loaded(contract: &str, overlays: &[&str], strict: bool) -> Loaded {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("writ-overlay-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("openapi.yaml");
    std::fs::write(&path, contract).unwrap();
    let write = |(index, text): (usize, &&str)| -> PathBuf {
        let path = folder.join(format!("overlay{index}.yaml"));
        std::fs::write(&path, text).unwrap();
        path
    };
    let options =
        LoadOptions { strict, overlays: overlays.iter().enumerate().map(write).collect(), ..LoadOptions::default() };
    let mut diagnostics = Diagnostics::new();
    let document = load(&path, &options, &mut diagnostics);
    std::fs::remove_dir_all(&folder).unwrap();
    Loaded { document, diagnostics }
}

/// Returns an overlay of version 1.1 with the given actions.
fn overlay(actions: &str) -> String {
    format!("overlay: 1.1.0\ninfo: {{ title: Changes, version: '1' }}\nactions:\n{actions}")
}

/// Loads the contract of these tests with one overlay, without any diagnostic.
fn changed(actions: &str) -> Loaded {
    let loaded = loaded(CONTRACT, &[&overlay(actions)], true);
    assert!(loaded.diagnostics.is_empty(), "{}", loaded.text());
    loaded
}

/// Loads the contract of these tests with one overlay that has mistakes, and returns the diagnostics.
fn refused(actions: &str) -> String {
    loaded(CONTRACT, &[&overlay(actions)], false).text()
}

#[test]
fn an_object_is_merged_recursively() {
    let loaded =
        changed("  - { target: $, update: { info: { license: { url: 'https://a.example' }, summary: s } } }\n");
    let info = json!({ "title": "Pets", "version": "1", "license": { "name": "MIT", "url": "https://a.example" },
        "summary": "s" });
    assert_eq!(loaded.at("/info"), info);
}

#[test]
fn an_array_gets_the_elements_of_an_array_and_a_single_value() {
    let loaded = changed(
        "  - { target: $.tags, update: { name: toys } }\n  - { target: $.tags, update: [{ name: a }, { name: b }] }\n  \
         - { target: '$.paths.*.get.tags', update: toys }\n  \
         - { target: \"$.paths['/pets']\", update: { get: { tags: [a] } } }\n",
    );
    let names = json!([{ "name": "pets" }, { "name": "shops" }, { "name": "toys" }, { "name": "a" }, { "name": "b" }]);
    assert_eq!(loaded.at("/tags"), names);
    assert_eq!(loaded.at("/paths/~1pets/get/tags"), json!(["pets", "toys", "a"]));
    assert_eq!(loaded.at("/paths/~1shops/get/tags"), json!(["shops", "toys"]));
}

#[test]
fn a_primitive_value_replaces_another_of_any_type() {
    let loaded =
        changed("  - { target: $.info.title, update: Animals }\n  - { target: $.info.version, update: '2' }\n");
    assert_eq!(loaded.at("/info/title"), json!("Animals"));
    assert_eq!(loaded.at("/info/version"), json!("2"));
}

#[test]
fn several_elements_of_an_array_are_removed_by_one_action() {
    let loaded = changed("  - { target: \"$.paths['/pets'].get.parameters[0,2]\", remove: true }\n");
    assert_eq!(loaded.at("/paths/~1pets/get/parameters/0/name"), json!("filter"));
    assert_eq!(loaded.at("/paths/~1pets/get/parameters/1"), Json::Null);
}

#[test]
fn a_filter_selects_the_nodes_that_are_removed() {
    let loaded = changed(
        "  - { target: \"$.paths.*[?@['x-internal'] == true]\", remove: true }\n  \
         - { target: \"$.tags[?match(@.name, 'sh.*')]\", remove: true }\n  \
         - { target: \"$.paths.*.*.tags[?@ == 'shops']\", remove: true }\n",
    );
    assert_eq!(loaded.at("/paths/~1shops/get"), Json::Null);
    assert_eq!(loaded.at("/paths/~1shops/post/tags"), json!([]));
    assert_eq!(loaded.at("/tags"), json!([{ "name": "pets" }]));
}

#[test]
fn an_action_sees_the_result_of_the_action_before() {
    let loaded = changed(
        "  - { target: \"$.paths['/pets']\", remove: true }\n  \
         - { target: $.paths, update: { /pets: { get: { responses: { '204': { description: none } } } } } }\n  \
         - { target: \"$.paths['/pets'].get\", update: { operationId: pets } }\n",
    );
    assert_eq!(loaded.at("/paths/~1pets/get/operationId"), json!("pets"));
    assert_eq!(loaded.at("/paths/~1pets/get/parameters"), Json::Null);
}

#[test]
fn a_later_overlay_sees_the_result_of_an_earlier_one() {
    let first = overlay("  - { target: $.info, update: { x-tier: gold } }\n");
    let second = overlay("  - { target: \"$.info[?@ == 'gold']\", update: silver }\n");
    let loaded = loaded(CONTRACT, &[&first, &second], true);
    assert!(loaded.diagnostics.is_empty(), "{}", loaded.text());
    assert_eq!(loaded.at("/info/x-tier"), json!("silver"));
}

#[test]
fn a_copied_node_is_independent_of_its_origin() {
    let loaded = changed(
        "  - { target: $.components.schemas, update: { Dog: {} } }\n  \
         - { target: $.components.schemas.Dog, copy: $.components.schemas.Pet }\n  \
         - { target: $.components.schemas.Dog.properties, update: { breed: { type: string } } }\n",
    );
    assert_eq!(loaded.at("/components/schemas/Pet/properties/breed"), Json::Null);
    assert_eq!(loaded.at("/components/schemas/Dog/properties/breed/type"), json!("string"));
    let document = loaded.document.as_ref().unwrap();
    let span = |name: &str| {
        let reference = format!("#/components/schemas/{name}/properties/name");
        document.resolve(document.root, &reference).unwrap().node.span
    };
    assert_ne!(span("Pet"), span("Dog"), "spans are the identity of a node");
    assert_eq!(document.sources.slice(span("Pet")), document.sources.slice(span("Dog")));
}

#[test]
fn a_copy_of_several_nodes_or_of_none_is_refused() {
    let text = refused("  - { target: $.info, copy: '$.tags[*]' }\n  - { target: $.info, copy: $.nothing }\n");
    assert!(text.contains("error[overlay-conflict]: `$.tags[*]` selects 2 nodes"), "{text}");
    assert!(text.contains("warning[overlay-no-match]: `$.nothing` matches nothing"), "{text}");
}

#[test]
fn a_reference_of_an_overlay_starts_from_the_entry_file() {
    let loaded = changed(
        "  - target: $.paths['/pets'].get.responses['200']\n    update:\n      content:\n        application/json:\n          \
         schema: { $ref: '#/components/schemas/Pet' }\n",
    );
    let document = loaded.document.as_ref().unwrap();
    let schema =
        document.resolve(document.root, "#/paths/~1pets/get/responses/200/content/application~1json/schema").unwrap();
    assert_eq!(document.sources.display_path(schema.node.span.file).rsplit('/').next(), Some("overlay0.yaml"));
    let target = document.resolve(schema.node.span.file, "#/components/schemas/Pet").unwrap();
    assert_eq!(target.path.to_string(), "#/components/schemas/Pet");
}

#[test]
fn a_mistake_of_an_overlay_is_reported_in_the_overlay_with_its_action() {
    let text = loaded(
        CONTRACT,
        &[&overlay(
            "  - { target: $.info, update: { x-a: 1 } }\n  - { target: $.paths.*.get, update: { sumary: a } }\n",
        )],
        false,
    )
    .text();
    assert!(text.contains("unknown field `sumary` in an operation"), "{text}");
    assert!(text.contains("overlay0.yaml:5:40"), "{text}");
    assert!(text.contains("this is from action 2 of the overlay, with the target `$.paths.*.get`"), "{text}");
}

#[test]
fn a_removed_field_or_target_is_reported_with_the_action_that_removed_it() {
    let reference = "  - target: $.paths['/pets'].get.responses['200']\n    update:\n      content:\n        application/json:\n          \
                     schema: { $ref: '#/components/schemas/Pet/properties/name' }\n";
    let text = refused(&format!(
        "{reference}  - {{ target: $.components.schemas, remove: true }}\n  - {{ target: $.info.title, remove: true }}\n"
    ));
    assert!(text.contains("this action removes `title`"), "{text}");
    assert!(text.contains("error[dangling-ref]"), "{text}");
    assert!(text.contains("this action removes the target"), "{text}");
}

#[test]
fn an_action_without_a_match_names_the_part_that_matches() {
    let text = refused(
        "  - { target: \"$.paths['/pet'].get\", remove: true }\n  - { target: \"$.paths['/shared'].get\", remove: true }\n  \
         - { target: \"$.paths['/pets'].get.responses[200]\", remove: true }\n",
    );
    assert!(text.contains("warning[overlay-no-match]"), "{text}");
    assert!(text.contains("`$.paths` matches, but `['/pet']` does not match anything in it"), "{text}");
    assert!(text.contains("did you mean `/pets`?"), "{text}");
    assert!(
        text.contains("it is a reference to `#/components/pathItems/Shared`, which overlays do not follow"),
        "{text}"
    );
    assert!(text.contains("the entry of an object is"), "{text}");
    let strict = loaded(CONTRACT, &[&overlay("  - { target: $.x, remove: true }\n")], true);
    assert!(strict.text().contains("error[overlay-no-match]"), "{}", strict.text());
}

#[test]
fn a_query_that_is_not_jsonpath_is_located_within_its_text() {
    let text = refused(
        "  - { target: '$.info.x-tag', remove: true }\n  - { target: '#/paths/~1pets', remove: true }\n  \
         - { target: '$.paths[?@.get', remove: true }\n",
    );
    assert!(text.contains("error[invalid-jsonpath]: `$.info.x-tag` is not a JSONPath query"), "{text}");
    assert!(text.contains("overlay0.yaml:4:24"), "{text}");
    assert!(text.contains("write `$.paths['/pets']`"), "{text}");
    assert!(text.contains("`$.paths[?@.get` is not a JSONPath query"), "{text}");
}

#[test]
fn a_value_that_does_not_fit_its_target_is_refused() {
    let text = refused(
        "  - { target: $.info, update: 5 }\n  - { target: $.info, update: { license: [MIT] } }\n  \
         - { target: '$..*', update: { x-a: 1 } }\n  - { target: $, remove: true }\n  - { target: $.info, update: { license: } }\n",
    );
    assert!(text.contains("a number cannot be merged into an object"), "{text}");
    assert!(text.contains("an array cannot be merged into an object"), "{text}");
    assert!(text.contains("`$..*` selects nodes of different kinds"), "{text}");
    assert!(text.contains("the root of a contract cannot be removed"), "{text}");
    assert!(text.contains("warning[overlay-conflict]: null cannot be merged into an object"), "{text}");
}

#[test]
fn the_rules_of_overlay_1_0_that_1_1_lifts_are_warnings() {
    let overlay = "overlay: 1.0.0\ninfo: { title: t, version: '1' }\nactions:\n  - { target: $.info.title, update: T }\n  \
                   - { target: $.info, copy: $.info.license }\n";
    let loaded = loaded(CONTRACT, &[overlay], false);
    let text = loaded.text();
    assert!(text.contains("warning[overlay-version]: `$.info.title` selects a primitive value"), "{text}");
    assert!(text.contains("warning[overlay-version]: `copy` is a field of Overlay 1.1"), "{text}");
    assert_eq!((loaded.at("/info/title"), loaded.at("/info/name")), (json!("T"), json!("MIT")));
}

#[test]
fn the_fields_of_an_overlay_are_checked() {
    let text = loaded(
        CONTRACT,
        &[
            "overlay: 3.0.0\ninfo: {}\nactions: []\n",
            "overlay: 1.1\ninfo: {}\nextend: a.yaml\nextends: other.yaml\nactions:\n  - { target: 5 }\n  - { remove: true }\n  \
             - { target: $.info }\n  - { target: $.info, update: 1, copy: $ }\n  - { target: $.tags, remove: true, update: 1 }\n",
            "openapi: 3.1.0\n",
        ],
        false,
    )
    .text();
    for expected in [
        "Overlay version `3.0.0` is not supported",
        "`1.1` is not a known version of the Overlay Specification",
        "unknown field `extend` in an overlay",
        "the overlay extends `other.yaml`, not this contract",
        "`target` must be a string, not a number",
        "an action needs `target`",
        "the action has neither `update` nor `copy` nor `remove: true`",
        "an action has both `update` and `copy`",
        "`update` has no effect in an action that removes its target",
        "this is a contract: pass it with `--spec`",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn an_overlay_can_change_the_version_of_the_contract() {
    let loaded = loaded(
        "openapi: 2.9.0\ninfo: { title: t, version: '1' }\npaths: {}\n",
        &[&overlay("  - { target: $.openapi, update: 3.1.1 }\n")],
        true,
    );
    assert!(loaded.diagnostics.is_empty(), "{}", loaded.text());
}

#[test]
fn growth_is_limited() {
    let doubling = "  - { target: $.info, update: { x: { a: { b: 1 } } } }\n".to_owned()
        + &"  - { target: $.info.x, copy: $.info }\n".repeat(300);
    let text = refused(&doubling);
    assert!(text.contains("error[overlay-too-large]"), "{text}");
    let wide = "  - { target: $.tags, copy: $.tags }\n".repeat(40);
    let text = refused(&wide);
    assert!(text.contains("the overlays add more than 500000 nodes"), "{text}");
}

#[test]
fn the_work_of_queries_is_limited() {
    for query in [
        "$..*..*..*..*..*..*",
        "$..[?$..[?$..[?$..a]]]",
        "$[*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*]",
    ] {
        let text = refused(&format!("  - {{ target: '{query}', remove: true }}\n"));
        assert!(text.contains("can visit too many nodes"), "{query}: {text}");
    }
    let nested = format!("$[?{}@.a{}]", "(".repeat(5_00), ")".repeat(5_00));
    let text = refused(&format!("  - {{ target: '{nested}', remove: true }}\n"));
    assert!(text.contains("nested deeper than"), "{text}");
    let nested = format!("$[?{}@.a{}]", "(".repeat(11), ")".repeat(11));
    refused(&format!("  - {{ target: '{nested}', remove: true }}\n"));
    let negated = format!("$[?{}(@.a)]", "!".repeat(1_000));
    refused(&format!("  - {{ target: '{negated}', remove: true }}\n"));
}

#[test]
fn an_overlay_of_swagger_2_0_refers_to_the_definitions_that_it_adds() {
    let contract = "swagger: '2.0'
info: { title: Pets, version: '1' }
paths: { /pets: { get: { responses: { '200': { description: ok, schema: { $ref: '#/definitions/Pet' } } } } } }
definitions: { Pet: { type: object, discriminator: kind, required: [kind], properties: { kind: { type: string } } } }
";
    let actions = "
  - { target: $.definitions, update: { Cat: { allOf: [{ $ref: '#/definitions/Pet' }], x-discriminator-value: cat } } }
  - { target: $.definitions, update: { Copy: {} } }
  - { target: $.definitions.Copy, copy: $.definitions.Pet }
  - { target: $.paths.*.get.responses, update: { '404': { description: no, schema: { $ref: '#/definitions/Copy' } } } }
  - { target: $.paths.*.get.responses, update: { '410': { description: no, schema: { $ref: '#/definitions/Cat' } } } }
";
    let loaded = loaded(contract, &[&overlay(actions)], false);
    assert_eq!(loaded.text(), "");
    let schema = |status: &str| {
        loaded.at(&format!("/paths/~1pets/get/responses/{status}/content/application~1json/schema/$ref"))
    };
    assert_eq!(schema("200"), json!("#/components/schemas/Pet"));
    assert_eq!(schema("404"), json!("#/components/schemas/Copy"));
    assert_eq!(schema("410"), json!("#/components/schemas/Cat"));
    assert_eq!(
        loaded.at("/components/schemas/Pet/discriminator/mapping"),
        json!({ "cat": "#/components/schemas/Cat" })
    );
}
