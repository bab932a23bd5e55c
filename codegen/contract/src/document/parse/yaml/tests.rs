//! Tests of the YAML reader: values, spans and errors.

use serde_json::json;

use super::*;

fn parsed(text: &str) -> (Option<Node>, String) {
    let mut diagnostics = Diagnostics::new();
    let node = match read(FileId(0), text, &mut diagnostics) {
        Ok(node) => Some(node),
        Err(Syntax(problem)) => {
            diagnostics.push(*problem);
            None
        }
    };
    let messages: Vec<String> =
        diagnostics.sorted().iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect();
    (node, messages.join("\n"))
}

fn json(text: &str) -> serde_json::Value {
    let (node, messages) = parsed(text);
    assert_eq!(messages, "");
    node.unwrap().to_json()
}

fn slice<'t>(text: &'t str, node: &Node) -> &'t str {
    &text[node.span.start as usize..node.span.end as usize]
}

#[test]
fn only_words_of_the_core_schema_are_not_strings() {
    let text = "[yes, no, on, off, y, true, False, null, ~, 'null', \"true\", 2020-01-02, 1_000, 0o17, 0x1F, 1e3, .5, \
                -.inf, 012, 1.2.3, +1]";
    let expected = json!([
        "yes",
        "no",
        "on",
        "off",
        "y",
        true,
        false,
        null,
        null,
        "null",
        "true",
        "2020-01-02",
        "1_000",
        15,
        31,
        1e3,
        0.5,
        "-.inf",
        12,
        "1.2.3",
        1
    ]);
    assert_eq!(json(text), expected);
}

#[test]
fn keys_of_other_types_become_strings_of_their_text() {
    let value = json("200: a\ntrue: b\n1.50: c\nnull: d\nTrue: e\n");
    assert_eq!(value, json!({ "200": "a", "true": "b", "1.50": "c", "null": "d", "True": "e" }));
}

#[test]
fn numbers_keep_their_source_text() {
    let (node, _) = parsed("big: 123456789012345678901234567890\nexact: 1.10\n");
    let node = node.unwrap();
    assert_eq!(node.get("big").and_then(Node::as_number), Some("123456789012345678901234567890"));
    assert_eq!(node.get("big").and_then(Node::as_i128), Some(123_456_789_012_345_678_901_234_567_890));
    assert_eq!(node.get("exact").and_then(Node::as_number), Some("1.10"));
}

#[test]
fn every_value_has_the_span_of_its_text() {
    let text = "a: 'x y'\nb:\n  - é: [1, 2]\n    c: |\n      long\n      text\n\n# end\nd:\ne: {f: \"g\"}\n";
    let (node, _) = parsed(text);
    let node = node.unwrap();
    let list = node.get("b").unwrap();
    let inner = &list.as_array().unwrap()[0];
    assert_eq!(slice(text, node.get("a").unwrap()), "'x y'");
    assert_eq!(slice(text, inner.get("é").unwrap()), "[1, 2]");
    assert_eq!(slice(text, inner.get("c").unwrap()), "long\n      text");
    assert_eq!(slice(text, list), "- é: [1, 2]\n    c: |\n      long\n      text");
    assert_eq!(slice(text, node.get("e").unwrap()), "{f: \"g\"}");
    assert_eq!(slice(text, node.get("d").unwrap()), "");
    let key = node.as_object().unwrap().key_span("d").unwrap();
    assert_eq!(&text[key.start as usize..key.end as usize], "d");
    assert_eq!(node.get("d").unwrap().span.start, key.end, "the span of an omitted value follows its name");
}

#[test]
fn aliases_and_merge_keys_are_replaced_by_their_anchors() {
    let value = json(
        "base: &base { a: 1, b: 2 }\none: { <<: *base, b: 3 }\nmany:\n  <<: [*base, { c: 4, a: 5 }]\ntext: &t x\nalias: *t\n*t : y\n'<<': plain\n",
    );
    assert_eq!(value["one"], json!({ "a": 1, "b": 3 }));
    assert_eq!(value["many"], json!({ "a": 1, "b": 2, "c": 4 }));
    assert_eq!((&value["alias"], &value["x"], &value["<<"]), (&json!("x"), &json!("y"), &json!("plain")));
}

#[test]
fn tags_of_the_core_schema_apply_and_others_are_rejected() {
    assert_eq!(json("[!!str 1, !!int 2, ! 3, !!seq [], !!null ~]"), json!(["1", 2, "3", [], null]));
    assert_eq!(parsed("a: !include b.yaml").1, "unknown-tag: the YAML tag `!include` has no effect");
    assert_eq!(parsed("a: !!int x").1, "unknown-tag: the YAML tag `!!int` has no effect");
}

#[test]
fn a_duplicate_key_is_an_error_that_shows_both_keys() {
    let mut diagnostics = Diagnostics::new();
    let text = "a: 1\n'a': 2\n";
    let node = read(FileId(0), text, &mut diagnostics).ok().unwrap();
    assert_eq!(node.to_json(), json!({ "a": 1 }), "the first stays");
    let found = diagnostics.sorted()[0].clone();
    assert_eq!((found.code, found.primary.span.start, found.secondary[0].span.start), ("duplicate-key", 5, 0));
}

#[test]
fn a_syntax_error_is_explained_in_a_sentence() {
    for (text, message) in [
        ("a: 1\n b: 2\n", "invalid-yaml: a `:` is not allowed here"),
        ("a: b: c\n", "invalid-yaml: a `:` is not allowed here"),
        ("a:\n  b: 1\n c: 2\n", "bad-indentation: the indentation matches no line above"),
        ("a:\n  b: 1\n   c: 2\n", "invalid-yaml: a `:` is not allowed here"),
        ("a: *nowhere\n", "invalid-yaml: the alias has no anchor"),
        ("a: \"open\n", "invalid-yaml: the quoted string has no end"),
        ("a: [1, 2\n", "invalid-yaml: `[` is never closed"),
        ("a: @b\n", "invalid-yaml: a value cannot begin with `@`"),
        ("a: \"\\d\"\n", "invalid-yaml: invalid escape in double quotes"),
        ("a: 1\n---\nb: 2\n", "several-documents: the file contains a second YAML document"),
        ("{a}: b\n", "invalid-key: a key must be a string, not a collection"),
        ("a: &x { <<: 1 }\n", "invalid-merge: `<<` can only merge mappings"),
    ] {
        assert_eq!(parsed(text).1, message, "{text}");
    }
}

#[test]
fn an_empty_block_is_an_empty_string_and_not_null() {
    assert_eq!(json("a: |\nb: |+\n\nc: >-\nd:\n"), json!({ "a": "", "b": "\n", "c": "", "d": null }));
}
