//! Tests of input that is not valid JSON.

use super::{Item, read_all};
use crate::json::{Read, Reader};
use crate::validate::rules::ArrayRule;
use crate::validate::violation::InputLocation;
use crate::validate::violation::Violations;

fn violations_of<'a, T>(bytes: &'a [u8], read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Violations {
    let mut reader = Reader::json(bytes);
    let value = read(&mut reader);
    reader.finish();
    let violations = reader.into_violations();
    assert!(value.is_some() || !violations.is_empty());
    violations
}

#[test]
fn a_syntax_error_ends_reading_and_is_recorded_once_with_its_position() {
    let violations = violations_of(b"{\n  \"name\": \"x\",\n  \"quantity\": 1,,\n}", Item::read);
    assert!(violations.malformed);
    assert_eq!(violations.list.len(), 1);
    assert_eq!(violations.list[0].field, "");
    assert_eq!(
        violations.list[0].message,
        "is not valid JSON: a key in double quotes is expected at line 3, column 17 (byte 33)"
    );
}

#[test]
fn violations_before_a_syntax_error_are_kept() {
    let violations = violations_of(br#"{"quantity": "x", "items": [{"name": 1}, {"#, Item::read);
    assert!(violations.malformed);
    let fields: Vec<&str> = violations.list.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["quantity", "items[0].name", ""]);
}

#[test]
fn invalid_json_is_never_accepted() {
    for text in [
        "",
        " ",
        "{",
        "[",
        "\"",
        "tru",
        "nul",
        "truex",
        "+1",
        "01",
        "1.",
        ".5",
        "1e",
        "-",
        "NaN",
        "Infinity",
        "-Infinity",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "[1]]",
        "1 2",
        "{} x",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "// c\n1",
        "\u{feff}1",
        "[}",
        "{]",
        "{\"\\ud800\":1}",
        "[\"a\", \"\\q\"]",
    ] {
        assert!(violations_of(text.as_bytes(), Reader::any).malformed, "any of {text:?}");
        let skip = |r: &mut Reader<'_>| {
            r.skip();
            Some(())
        };
        assert!(violations_of(text.as_bytes(), skip).malformed, "skip of {text:?}");
        assert!(violations_of(text.as_bytes(), Item::read).malformed, "item of {text:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_rejected_before_reading() {
    let violations = violations_of(b"{\"name\":\"\xff\"}", Item::read);
    assert!(violations.malformed);
    assert_eq!(violations.list[0].message, "is not valid UTF-8 at byte 9");
    assert!(violations_of(b"\"\xed\xa0\x80\"", String::read).malformed);
}

#[test]
fn nesting_is_limited_to_64_levels() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(violations_of(nested(64).as_bytes(), Reader::any).is_empty());
    for depth in [65, 200, 100_000] {
        let violations = violations_of(nested(depth).as_bytes(), Reader::any);
        assert!(violations.malformed);
        assert_eq!(violations.list[0].message, "is nested more than 64 levels deep");
    }
    let items = format!("{}{}", "{\"name\":\"x\",\"items\":[".repeat(50_000), "]}".repeat(50_000));
    assert!(violations_of(items.as_bytes(), Item::read).malformed);
}

#[test]
fn the_nesting_of_skipped_values_is_limited_too() {
    let text = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(violations_of(text.as_bytes(), Item::read).malformed);
}

#[test]
fn the_violations_of_a_json_parameter_contain_its_name() {
    let mut reader = Reader::json_at(b"[1,\"x\"]", InputLocation::Query, "filter");
    assert!(reader.array(&ArrayRule::NONE, i32::read).is_none());
    let violations = reader.into_violations();
    assert!(!violations.malformed);
    assert_eq!((violations.list[0].location, violations.list[0].field.as_str()), (InputLocation::Query, "filter[1]"));

    let mut reader = Reader::json_at(b"[1", InputLocation::Query, "filter");
    assert!(reader.array(&ArrayRule::NONE, i32::read).is_none());
    assert_eq!(reader.into_violations().list[0].field, "filter");
}

#[test]
fn a_number_with_many_digits_is_never_truncated() {
    let long = "9".repeat(4000);
    assert_eq!(read_all(&long, i64::read).1, [": must be at most 9223372036854775807"]);
    assert_eq!(read_all(&format!("-{long}"), i64::read).1, [": must be at least -9223372036854775808"]);
    assert_eq!(read_all(&format!("0.{long}"), i64::read).1, [": must be an integer"]);
    assert_eq!(read_all(&"9".repeat(100_000), i64::read).1, [": must be at most 9223372036854775807"]);
}
