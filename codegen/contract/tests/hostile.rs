//! Hostile input: loading any file ends in time with diagnostics, and never panics.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use writ_contract::diagnostic::{Diagnostics, render, render_json_lines};
use writ_contract::document::{Document, LoadOptions, load};

const HEAD: &str = "openapi: 3.0.3\ninfo: { title: T, version: 1.0.0 }\npaths: {}\n";

const YAML: &str = include_str!("hostile.yaml");
const JSON: &str = r##"{"openapi": "3.1.0", "info": {"title": "T\u00e9\ud83d\ude00", "version": "1.0.0"},
 "components": {"schemas": {"A": {"type": ["string", "null"], "maximum": 1.5e300, "$ref": "#/components/schemas/B"},
 "B": {"enum": [-0, 12345678901234567890123, true, null, "\\\"/\b\f\n\r\t"]}}}}"##;

const SWAGGER: &str = r##"swagger: "2.0"
info: { title: T, version: 1.0.0 }
host: a.example
schemes: [https]
consumes: [application/json, text/plain]
parameters: { B: { name: b, in: body, schema: { $ref: '#/definitions/A' } }, F: { name: f, in: formData, type: file } }
responses: { R: { description: D, schema: { type: file }, headers: { H: { type: array, items: { type: string } } } } }
paths:
  /a/{b}:
    parameters: [{ name: b, in: path, required: true, type: array, collectionFormat: pipes, items: { type: array } }]
    post: { parameters: [{ $ref: '#/parameters/B' }], responses: { "200": { $ref: '#/responses/R' } } }
    put:
      produces: [image/png]
      parameters: [{ $ref: '#/parameters/F' }, { name: g, in: formData, type: integer }]
      responses: { default: { $ref: '#/paths/~1a~1{b}/post/responses/200' } }
definitions:
  A: { discriminator: k, properties: { k: { type: string }, n: { $ref: '#/definitions/C', x-nullable: true } } }
  C: { x-discriminator-value: c, allOf: [{ $ref: '#/definitions/A' }] }
securityDefinitions: { s: { type: oauth2, flow: accessCode, scopes: { r: R } } }
"##;

/// A temporary folder, which is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("writ-hostile-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for the test");
        Folder(path)
    }

    /// Writes and loads a file, renders the diagnostics in every form, and returns the plain form.
    fn read(&self, name: &str, text: impl AsRef<[u8]>) -> (Option<Document>, String) {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file for the test");
        let mut diagnostics = Diagnostics::new();
        let document = load(&path, &LoadOptions::default(), &mut diagnostics);
        assert!(document.is_some() || diagnostics.has_errors(), "a rejected file has a diagnostic");
        render(&diagnostics, diagnostics.sources(), true);
        render_json_lines(&diagnostics, diagnostics.sources());
        (document, render(&diagnostics, diagnostics.sources(), false))
    }

    fn output(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        self.read(name, text).1
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_truncated_contract_is_loaded_or_rejected() {
    let folder = Folder::new("cut");
    for (name, text) in [("a.yaml", YAML), ("a.json", JSON), ("b.yaml", SWAGGER)] {
        for end in 0..=text.len() {
            folder.output(name, &text.as_bytes()[..end]);
        }
    }
}

#[test]
fn a_contract_with_changed_bytes_is_loaded_or_rejected() {
    let folder = Folder::new("changed");
    let mut random: u64 = 7;
    for (name, text) in [("a.yaml", YAML), ("a.json", JSON), ("b.yaml", SWAGGER)] {
        for _ in 0..3000 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..2 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (random >> 33) as usize % bytes.len();
                let marks = b"{}[]:,-#&*!|>'\"%@`\t\n ?~<\\0\xff\xc3\x00";
                bytes[at] = marks[(random >> 20) as usize % marks.len()];
            }
            folder.output(name, &bytes);
        }
    }
}

#[test]
fn excessive_nesting_is_rejected() {
    let folder = Folder::new("nesting");
    let deep = 100_000;
    for (name, text) in [
        ("list.json", "[".repeat(deep)),
        ("map.json", r#"{"a":"#.repeat(deep)),
        ("list.yaml", format!("{HEAD}x-a: {}", "[".repeat(deep))),
        ("map.yaml", format!("{HEAD}x-a: {}", "{a: ".repeat(deep))),
        ("block.yaml", format!("{HEAD}x-a:\n  {}", "- ".repeat(deep))),
    ] {
        let output = folder.output(name, text);
        assert!(output.contains("error[too-deep]"), "{name}: {output}");
    }
}

#[test]
fn an_alias_bomb_is_rejected() {
    let folder = Folder::new("bomb");
    let mut bomb = format!("{HEAD}x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..30 {
        let below = format!("*a{}", level - 1);
        bomb.push_str(&format!("x-a{level}: &a{level} [{}]\n", vec![below; 9].join(", ")));
    }
    let begun = Instant::now();
    let output = folder.output("a.yaml", bomb);
    assert!(output.contains("error[alias-bomb]"), "{output}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn deeply_nested_aliases_are_rejected() {
    let folder = Folder::new("deep-alias");
    let mut text = format!("{HEAD}x-a0: &a0 [x]\n");
    for level in 1..5000 {
        text.push_str(&format!("x-a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert!(folder.output("a.yaml", text).contains("error[too-deep]"));
    assert!(folder.output("b.yaml", format!("{HEAD}x-a: &a [*a]\n")).contains("error["));
}

#[test]
fn following_cyclic_references_terminates() {
    let folder = Folder::new("circle");
    let mut schemas = String::new();
    for number in 0..3000 {
        schemas.push_str(&format!("    S{number}: {{ $ref: '#/components/schemas/S{}' }}\n", number + 1));
    }
    let begun = Instant::now();
    folder.output("long.yaml", format!("{HEAD}components:\n  schemas:\n{schemas}    S3000: {{ type: string }}\n"));
    folder.output(
        "closed.yaml",
        format!("{HEAD}components:\n  schemas:\n{schemas}    S3000: {{ $ref: '#/components/schemas/S0' }}\n"),
    );
    let output = folder.output(
        "into.yaml",
        format!("{HEAD}components:\n  schemas:\n    A: {{ $ref: '#/components/schemas/A/properties/a' }}\n"),
    );
    assert!(output.contains("error[cyclic-ref]"), "{output}");
    let mut steps = String::new();
    for number in 1..40 {
        let below = format!("#/components/schemas/X{}/a/a", number - 1);
        steps.push_str(&format!("    X{number}: {{ properties: {{}}, x-a: 1, $ref: '{below}' }}\n"));
    }
    let text =
        format!("{HEAD}components:\n  schemas:\n    X0: {{ a: {{ $ref: '#/components/schemas/X0' }} }}\n{steps}");
    folder.output("steps.yaml", text);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// Writes a document of Swagger 2.0 with as many operations, which differ in their media types.
fn operations(count: usize, fields: &str, shared: &str) -> String {
    let mut text = format!("swagger: '2.0'\ninfo: {{ title: T, version: 1.0.0 }}\n{shared}\npaths:\n");
    for number in 0..count {
        text.push_str(&format!(
            "  /p{number}:\n    post: {{ consumes: [a/b{number}], produces: [a/b{number}], {fields} }}\n"
        ));
    }
    text
}

#[test]
fn the_upgrade_of_a_document_of_swagger_2_has_a_bounded_cost() {
    let folder = Folder::new("swagger");
    let begun = Instant::now();
    let values: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
    let schema = format!("{{ type: integer, enum: [{}] }}", values.join(", "));
    let done = "responses: { '204': { description: D } }";
    let body = format!("parameters: {{ B: {{ name: b, in: body, schema: {schema} }} }}");
    let form =
        format!("parameters: {{ B: {{ name: b, in: formData, description: {}, type: string }} }}", "d".repeat(200_000));
    let response = format!("responses: {{ R: {{ description: D, schema: {schema} }} }}");
    let refer = format!("parameters: [{{ $ref: '#/parameters/B' }}], {done}");
    for text in [
        operations(5_000, &refer, &body),
        operations(20_000, &refer, &form),
        operations(5_000, "responses: { '200': { $ref: '#/responses/R' } }", &response),
    ] {
        let output = folder.output("a.yaml", text);
        assert!(output.contains("error[too-many-copies]"), "{output}");
    }
    let types: Vec<String> = (0..20_000).map(|number| format!("a/t{number}")).collect();
    let shared = format!("produces: [{}]", types.join(", "));
    let text = operations(20_000, "responses: { '200': { description: D, schema: { type: string } } }", &shared);
    folder.output("b.yaml", text.replace("produces: [a/b", "x-produces: [a/b"));
    let children: String = (0..20_000)
        .map(|number| {
            let parent = (number + 1) % 20_000;
            format!("  C{number}: {{ discriminator: k, x-discriminator-value: v, allOf: [{{ $ref: '#/definitions/C{parent}' }}] }}\n")
        })
        .collect();
    folder.output(
        "c.yaml",
        format!("swagger: '2.0'\ninfo: {{ title: T, version: 1.0.0 }}\npaths: {{}}\ndefinitions:\n{children}"),
    );
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn a_file_in_another_encoding_is_rejected() {
    let folder = Folder::new("encoding");
    let utf16: Vec<u8> = "\u{feff}openapi: 3.0.3".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(folder.output("a.yaml", utf16).contains("UTF-16"));
    let output = folder.output("b.yaml", b"openapi: 3.0.3\ninfo: \xff\n");
    assert!(output.contains("invalid-encoding") && output.contains("b.yaml:2:7"), "{output}");
    let (document, output) = folder.read("c.yaml", format!("\u{feff}{HEAD}"));
    assert!(document.is_some() && output.is_empty(), "a byte order mark is accepted: {output}");
    let (document, output) = folder.read("d.yaml", HEAD.replace('\n', "\r\n"));
    assert!(document.is_some() && output.is_empty(), "Windows line endings are accepted: {output}");
}

#[test]
fn a_path_without_a_contract_is_rejected_with_the_reason() {
    let folder = Folder::new("no-file");
    for (text, word) in [("", "the file is empty"), (" \n\n", "the file is empty"), ("# only\n", "only comments")] {
        let output = folder.output("a.yaml", text);
        assert!(output.contains(word), "{output}");
    }
    let mut diagnostics = Diagnostics::new();
    assert!(load(&folder.0, &LoadOptions::default(), &mut diagnostics).is_none());
    assert!(load(&folder.0.join("none.yaml"), &LoadOptions::default(), &mut diagnostics).is_none());
    let output = render(&diagnostics, diagnostics.sources(), false);
    assert!(output.contains("it is a folder") && output.contains("the file does not exist"), "{output}");
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_lets_no_reference_leave_the_folder() {
    let folder = Folder::new("link");
    let outside = Folder::new("link-outside");
    fs::write(outside.0.join("secret.yaml"), "get: {}").expect("a file for the test");
    std::os::unix::fs::symlink(&outside.0, folder.0.join("parts")).expect("a link for the test");
    let text = HEAD.replace("{}", "{ /a: { $ref: parts/secret.yaml } }");
    let output = folder.output("a.yaml", text);
    assert!(output.contains("error[ref-outside]"), "{output}");
}

#[test]
fn escape_sequences_of_a_contract_do_not_reach_the_terminal() {
    let folder = Folder::new("escape");
    let text = "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"T\", \"version\": \"1\"}, \"paths\": {},\n \"tag\\u001b[31ms\": 1, \"x\\u202e\\u001b\": 2}";
    let output = folder.output("a.json", text);
    assert!(!output.contains('\u{1b}') && !output.contains('\u{202e}'), "{output:?}");
}
