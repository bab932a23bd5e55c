//! Tests of the JSON reader: values and spans.

use serde_json::json;

use super::*;

fn parsed(text: &str) -> Result<Node, String> {
    let mut diagnostics = Diagnostics::new();
    read(FileId(0), text, &mut diagnostics).map_err(|Syntax(problem)| problem.message)
}

#[test]
fn every_form_of_json_has_the_value_that_serde_json_reads() {
    for text in [
        r#"{"a": [1, -0.5e+10, true, false, null, "x"], "b": {}, "c": [], "": " "}"#,
        r#"["\"\\\/\b\f\n\r\t", "\u00e9\ud83d\ude00", "é😀", "\u0000"]"#,
        " \r\n\t[ ]\n",
        "12",
        r#""text""#,
    ] {
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(parsed(text).map(|node| node.to_json()), Ok(expected), "{text}");
    }
}

#[test]
fn the_reader_rejects_all_texts_that_serde_json_rejects() {
    for text in [
        "",
        "{",
        "[",
        "\"",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,}",
        "[1,]",
        "[,]",
        "{,}",
        "[1 2]",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "tru",
        "True",
        "nul",
        "NaN",
        "'a'",
        "{a: 1}",
        "// c\n1",
        "1 2",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"a\nb\"",
        "\"\t\"",
        "[1]]",
        "\u{feff}1",
        "\"\\",
        "\"\\u",
    ] {
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        assert!(parsed(text).is_err(), "{text}");
    }
}

#[test]
fn numbers_keep_their_source_text() {
    let node = parsed(r#"[123456789012345678901234567890, 1.10, -0, 1E400]"#).unwrap();
    let texts: Vec<&str> = node.as_array().unwrap().iter().filter_map(Node::as_number).collect();
    assert_eq!(texts, ["123456789012345678901234567890", "1.10", "-0", "1E400"]);
}

#[test]
fn a_lone_surrogate_is_replaced_with_a_warning() {
    let mut diagnostics = Diagnostics::new();
    let node = read(FileId(0), r#"["\ud800", "\ud800\u0041", "\udc00x"]"#, &mut diagnostics).ok().unwrap();
    assert_eq!(node.to_json(), json!(["\u{fffd}", "\u{fffd}A", "\u{fffd}x"]));
    assert_eq!(diagnostics.counts().warnings, 3);
    assert!(diagnostics.sorted().iter().all(|problem| problem.code == "lone-surrogate"));
}

#[test]
fn every_value_has_the_span_of_its_text() {
    let text = r#" { "é" : [ 1 , "x" ] } "#;
    let node = parsed(text).unwrap();
    let slice = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
    let list = node.get("é").unwrap();
    assert_eq!(slice(&node), r#"{ "é" : [ 1 , "x" ] }"#);
    assert_eq!(slice(list), r#"[ 1 , "x" ]"#);
    assert_eq!(slice(&list.as_array().unwrap()[1]), r#""x""#);
    let key = node.as_object().unwrap().key_span("é").unwrap();
    assert_eq!(&text[key.start as usize..key.end as usize], r#""é""#);
}
