//! Tests of parameters and forms.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::json;

use super::{Item, read_text, scalar};
use crate::json::{Branch, Read, Reader, TextValue, Types};
use crate::validate::rules::{ArrayRule, IntegerRule};

fn list<'a>(texts: &[&'a str]) -> TextValue<'a> {
    TextValue::List(texts.iter().copied().map(scalar).collect())
}

fn map<'a>(entries: &[(&'a str, TextValue<'a>)]) -> TextValue<'a> {
    TextValue::Map(entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect())
}

#[test]
fn scalars_of_parameters_are_parsed_by_their_type() {
    assert_eq!(read_text(scalar("42"), i32::read), (Some(42), vec![]));
    assert_eq!(read_text(scalar("-1.5"), f64::read), (Some(-1.5), vec![]));
    assert_eq!(read_text(scalar("true"), bool::read), (Some(true), vec![]));
    assert_eq!(read_text(scalar("42"), String::read), (Some("42".to_owned()), vec![]));
    assert_eq!(read_text(scalar("19.90"), Decimal::read).0.map(|value| value.to_string()).as_deref(), Some("19.90"));
    assert_eq!(read_text(scalar(""), |r| r.nullable(i32::read)), (Some(None), vec![]));
    for text in ["", " 1", "+1", "01", "1x", "٣", "NaN", "inf"] {
        assert_eq!(read_text(scalar(text), i32::read), (None, vec!["p: must be an integer".to_owned()]), "{text}");
    }
    assert_eq!(read_text(scalar("yes"), bool::read).1, ["p: must be true or false"]);
}

#[test]
fn a_list_is_not_accepted_as_a_single_value() {
    assert_eq!(read_text(list(&["1", "2"]), i32::read).1, ["p: must be an integer"]);
    assert_eq!(read_text(list(&["a"]), String::read).1, ["p: must be a string, not a list or an object"]);
    assert_eq!(read_text(map(&[]), bool::read).1, ["p: must be true or false"]);
}

#[test]
fn a_scalar_is_accepted_as_an_array_of_one() {
    const RULE: ArrayRule = ArrayRule { min: 1, max: Some(2), unique: true };
    let read = |r: &mut Reader<'_>| r.array(&RULE, i32::read);
    assert_eq!(read_text(scalar("7"), read), (Some(vec![7]), vec![]));
    assert_eq!(read_text(list(&["7", "8"]), read), (Some(vec![7, 8]), vec![]));
    assert_eq!(read_text(list(&["7", "x"]), read).1, ["p[1]: must be an integer"]);
    assert_eq!(
        read_text(list(&["7", "7"]), read).1,
        ["p: must not have equal elements, but elements 0 and 1 are equal"]
    );
    assert_eq!(read_text(map(&[]), read).1, ["p: must be an array"]);
}

#[test]
fn a_form_is_read_like_a_json_body() {
    let form = map(&[("quantity", scalar("2")), ("name", scalar("x")), ("items", list(&[]))]);
    let expected = Item { name: "x".into(), quantity: Some(2), items: Some(vec![]) };
    assert_eq!(read_text(form, Item::read), (Some(expected), vec![]));

    let items = TextValue::List(vec![map(&[("quantity", scalar("x"))])]);
    let form = map(&[("size", list(&["1"])), ("items", items), ("name", scalar("a")), ("name", scalar("b"))]);
    assert_eq!(
        read_text(form, Item::read).1,
        [
            "p.size: is not a known field",
            "p.items[0].quantity: must be an integer",
            "p.items[0].name: is required",
            "p.name: must appear only once",
        ]
    );
    assert_eq!(read_text(scalar("x"), Item::read).1, ["p: must be an object"]);
}

#[test]
fn a_map_and_a_value_of_any_type_are_read_from_a_form() {
    let text = map(&[("a", scalar("1")), ("b", scalar("x"))]);
    assert_eq!(read_text(text.clone(), BTreeMap::<String, i32>::read).1, ["p.b: must be an integer"]);
    assert_eq!(read_text(text, Reader::any).0, Some(json!({"a": "1", "b": "x"})));
    assert_eq!(read_text(list(&["1"]), Reader::any).0, Some(json!(["1"])));
    assert_eq!(read_text(scalar("1"), Reader::raw).1, ["p: must be valid JSON"]);
}

#[test]
fn the_alternatives_of_a_union_are_tried_for_parameters_too() {
    const BRANCHES: [Branch; 3] = [
        Branch { name: "Number", types: Types::INTEGER, ..Branch::NONE },
        Branch { name: "Flag", types: Types::BOOL, ..Branch::NONE },
        Branch { name: "Pair", types: Types::OBJECT, required: &["a"], consts: &[("k", "1.0")] },
    ];
    let read = |r: &mut Reader<'_>| {
        r.one_of(&BRANCHES, |r, index| match index {
            0 => r.int32(&IntegerRule::NONE).map(|value| value.to_string()),
            1 => r.bool().map(|value| value.to_string()),
            _ => r.map(&crate::validate::rules::MapRule::NONE, String::read).map(|map| format!("{map:?}")),
        })
    };
    assert_eq!(read_text(scalar("5"), read).0.as_deref(), Some("5"));
    assert_eq!(read_text(scalar("true"), read).0.as_deref(), Some("true"));
    assert_eq!(
        read_text(map(&[("a", scalar("x")), ("k", scalar("1"))]), read).0.as_deref(),
        Some(r#"{"a": "x", "k": "1"}"#)
    );
    assert_eq!(read_text(scalar("x"), read).1, ["p: must match one of the alternatives Number, Flag, Pair"]);
    let wrong = read_text(map(&[("k", scalar("2"))]), read).1;
    assert_eq!(wrong, ["p: must match one of the alternatives Number, Flag, Pair; the closest is Pair"]);
}

#[test]
fn a_discriminator_is_found_in_a_form() {
    let read =
        |r: &mut Reader<'_>| r.tagged("kind", &[("item", 0)], |r, _| Vec::<Item>::read(r).map(|items| items.len()));
    assert_eq!(read_text(map(&[("kind", scalar("item"))]), read).1, ["p: must be an array"]);
    assert_eq!(read_text(map(&[("kind", scalar("other"))]), read).1, ["p.kind: must be item"]);
    assert_eq!(read_text(map(&[]), read).1, ["p.kind: is required"]);
}
