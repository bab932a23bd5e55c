//! Tests of `x-versions`: the versions of an API that the contracts of one crate declare, and their contradictions.

use std::path::PathBuf;

use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::{Layout, Renderer, library};
use writ_codegen::version_declaration::{Member, VersionsView, versions};
use writ_contract::diagnostic::render;

/// A contract with one operation and these lines at its root.
fn contract(root: &str, path: &str, parameter: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{ title: T, version: 1.0.0 }}\n{root}\npaths:\n  {path}:\n    get:\n      operationId: list\n      \
         parameters: [{{ name: {parameter}, in: query, schema: {{ type: string }} }}]\n      responses:\n        \"204\": \
         {{ description: Done }}\n"
    )
}

/// Returns the versions of contracts, each with the name of its module, and the text of all diagnostics.
fn declared(name: &str, contracts: &[(&str, String)]) -> (Option<VersionsView>, String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("versions").join(name);
    let mut generated: Vec<(&str, Generated)> = Vec::new();
    for (module, text) in contracts {
        let entry = folder.join(module).join("openapi.yaml");
        std::fs::create_dir_all(entry.parent().unwrap()).unwrap();
        std::fs::write(&entry, text).unwrap();
        let layout = Layout::Module((*module).to_owned());
        let request = Request { entry, root: None, strict: true, layout, options: Options::default() };
        generated.push((module, generate(&request)));
    }
    let members = generated.iter_mut().map(|(module, generated)| Member {
        module,
        facts: &generated.versions,
        diagnostics: &mut generated.diagnostics,
    });
    let found = versions(&mut members.collect::<Vec<_>>());
    let texts =
        generated.iter().map(|(_, it)| render(&it.diagnostics.without_notes(), it.diagnostics.sources(), false));
    (found, texts.collect::<String>().replace(&format!("{}/", folder.display()), ""))
}

/// Returns the message of the only problem with these contracts.
fn problem(name: &str, contracts: &[(&str, String)]) -> String {
    let (_, text) = declared(name, contracts);
    let mut messages = text.lines().filter(|line| line.starts_with("error"));
    let message = messages.next().unwrap_or_else(|| panic!("no problem in `{name}`")).to_owned();
    assert_eq!(messages.next(), None, "{text}");
    let place = text.lines().find(|line| line.contains("-->")).unwrap_or_default();
    format!("{} {message}", place.trim().trim_start_matches("--> "))
}

fn two(newer: &str) -> [(&'static str, String); 2] {
    [("v1", contract("", "/v1/users", "q")), ("v2", contract(newer, "/v2/users", "q"))]
}

#[test]
fn the_declared_versions_are_constant_data_of_the_crate() {
    let root = "x-versions: { default: v1, v1: { deprecated: 2026-11-01, sunset: \"2027-11-01T00:00:00+01:00\" } }";
    let (found, text) = declared("declared", &two(root));
    assert_eq!(text, "");
    let renderer = Renderer::new(false).unwrap();
    let modules = ["v1".to_owned(), "v2".to_owned()];
    let library = library(&renderer, &modules, found.as_ref(), None).unwrap();
    for line in [
        "pub static VERSIONS: writ_runtime::Versions = writ_runtime::Versions {",
        "pub use self::v2 as latest;",
        "    default: 1,",
        "            operations: v1::operations::ALL,",
        "            yaml: v2::OPENAPI_YAML,",
        "    media_type: \"application/vnd.api+json\",",
        "    parameter: \"version\",",
        "            prefix: \"/v1\",",
        "            deprecated: Some(1793491200),",
        "            sunset: Some(1825023600),",
        "            deprecated: None,",
    ] {
        assert!(library.lines().any(|found| found == line), "{line}\n{library}");
    }
}

#[test]
fn contracts_without_a_declaration_have_no_versions() {
    let (found, text) = declared("absent", &two(""));
    assert!(found.is_none());
    assert_eq!(text, "");
}

#[test]
fn equal_declarations_in_several_contracts_are_one() {
    let older = contract("x-versions: { v1: { sunset: 2027-11-01 }, default: v2 }", "/v1/users", "q");
    let newer = contract("x-versions: { default: v2, v1: { sunset: 2027-11-01T00:00:00Z } }", "/v2/users", "q");
    let (found, text) = declared("equal", &[("v1", older), ("v2", newer)]);
    assert!(found.is_some(), "{text}");
}

#[test]
fn a_declaration_that_contradicts_the_contracts_is_an_error() {
    for (name, root, expected) in [
        (
            "unknown",
            "x-versions: { default: v2, v3: { deprecated: 2026-11-01 } }",
            "v2/openapi.yaml:3:28 error[bad-versions]: `x-versions` names the version `v3`, which has no contract",
        ),
        (
            "default",
            "x-versions: { default: v4 }",
            "v2/openapi.yaml:3:24 error[bad-versions]: `x-versions` names the version `v4`, which has no contract",
        ),
        (
            "early",
            "x-versions: { default: v2, v1: { deprecated: 2026-11-01, sunset: 2026-10-31 } }",
            "v2/openapi.yaml:3:66 error[bad-versions]: the sunset of the version `v1` is before its deprecation",
        ),
        (
            "date",
            "x-versions: { default: v2, v1: { deprecated: soon } }",
            "v2/openapi.yaml:3:46 error[bad-versions]: `deprecated` must be a date such as `2026-11-01`, or a date and \
             time with its offset",
        ),
        ("no_default", "x-versions: {}", "v2/openapi.yaml:3:13 error[bad-versions]: `x-versions` needs `default`"),
        (
            "text",
            "x-versions: v2",
            "v2/openapi.yaml:3:13 error[bad-versions]: `x-versions` must be an object, not a string",
        ),
        (
            "field",
            "x-versions: { default: v2, v1: { sunsets: 2026-11-01 } }",
            "v2/openapi.yaml:3:34 error[bad-versions]: `x-versions` has no field `sunsets`",
        ),
        (
            "misspelt",
            "x-versions: { default: v2, mediatype: a/b }",
            "v2/openapi.yaml:3:28 error[bad-versions]: `x-versions` has no field `mediatype`",
        ),
        (
            "media_type",
            "x-versions: { default: v2, mediaType: application/json }",
            "v2/openapi.yaml:3:39 error[bad-versions]: `mediaType` of `x-versions` must be a media type in lower case such \
             as `application/vnd.api+json`",
        ),
        (
            "parameter",
            "x-versions: { default: v2, parameter: q }",
            "v1/openapi.yaml:8:20 error[bad-versions]: the query parameter `q` selects the version of the API, so no \
             operation receives it",
        ),
    ] {
        let contracts = match name {
            "parameter" => [("v1", contract("", "/v1/users", "q")), ("v2", contract(root, "/v2/users", "other"))],
            _ => two(root),
        };
        assert_eq!(problem(name, &contracts), expected, "{name}");
    }
}

#[test]
fn declarations_that_contradict_each_other_are_an_error() {
    let older = contract("x-versions: { default: v1 }", "/v1/users", "q");
    let newer = contract("x-versions: { default: v2 }", "/v2/users", "q");
    assert_eq!(
        problem("contradiction", &[("v1", older), ("v2", newer)]),
        "v1/openapi.yaml:3:13 error[bad-versions]: `x-versions` of `v1` contradicts `x-versions` of another version"
    );
}

#[test]
fn paths_without_the_prefix_of_their_version_are_an_error() {
    let root = "x-versions: { default: v2 }";
    let older = contract("", "/users", "q");
    assert_eq!(
        problem("no_prefix", &[("v1", older), ("v2", contract(root, "/v2/users", "q"))]),
        "v1/openapi.yaml:7:20 error[bad-versions]: no path of the version `v1` begins with `/v1/`, so no request can \
         select it"
    );
    let newer =
        contract(root, "/v2/users", "q") + "  /v1/users:\n    get: { responses: { \"204\": { description: Done } } }\n";
    assert_eq!(
        problem("foreign_prefix", &[("v1", contract("", "/v1/users", "q")), ("v2", newer)]),
        "v2/openapi.yaml:12:5 error[bad-versions]: the path `/v1/users` of the version `v2` has the prefix of the version \
         `v1`"
    );
}

#[test]
fn an_operation_that_changes_its_service_between_versions_is_an_error() {
    let of = |root: &str, path: &str| {
        contract(root, path, "q").replace("operationId: list\n", "operationId: list\n      tags: [lists]\n")
    };
    let none = || of("x-versions: { default: v2 }", "/v2/users");
    let tags = |service: &str, path: &str| of(&format!("tags: [{{ name: lists, x-service: {service} }}]"), path);
    let versions = |service: &str| {
        let root = format!("tags: [{{ name: lists, x-service: {service} }}]\nx-versions: {{ default: v2 }}");
        of(&root, "/v2/users")
    };
    for (name, older, newer, expected) in [
        (
            "another_service",
            tags("users", "/v1/users"),
            versions("accounts"),
            "v1/openapi.yaml:3:34 error[bad-service]: `list` belongs to the service `users` in the version `v1`, but to \
             the service `accounts` in `v2`",
        ),
        (
            "every_service",
            tags("users", "/v1/users"),
            none(),
            "v1/openapi.yaml:3:34 error[bad-service]: `list` belongs to the service `users` in the version `v1`, but to \
             every service in `v2`",
        ),
        (
            "no_longer_every_service",
            of("", "/v1/users"),
            versions("users"),
            "v1/openapi.yaml:7:20 error[bad-service]: `list` belongs to every service in the version `v1`, but to the \
             service `users` in `v2`",
        ),
    ] {
        assert_eq!(problem(name, &[("v1", older), ("v2", newer)]), expected, "{name}");
    }
    let (found, text) = declared("one_service", &[("v1", tags("users", "/v1/users")), ("v2", versions("users"))]);
    assert!(found.is_some(), "{text}");
}
