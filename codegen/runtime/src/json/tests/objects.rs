//! Tests of objects with known fields.

use super::{Item, bad, good, read_all};
use crate::json::{Read, Reader};
use crate::validate::rules::{ObjectRule, StringRule, Unknown};
use crate::validate::violation::MOST_VIOLATIONS;
use crate::values::patch::Patch;

#[test]
fn fields_are_read_in_any_order_and_with_escaped_names() {
    let item = good(r#" { "quantity" : 2 , "\u006eame" : "x" } "#, Item::read);
    assert_eq!(item, Item { name: "x".into(), quantity: Some(2), items: None });
}

#[test]
fn all_violations_are_recorded_in_one_pass_with_their_paths() {
    let json = r#"{
        "quantity": "two",
        "items": [{"name": ""}, 5, {"quantity": 1.5, "size": {"a": [1]}, "items": [{}]}],
        "colour": 1
    }"#;
    assert_eq!(
        bad(json, Item::read),
        [
            "quantity: must be an integer, not a string",
            "items[0].name: must have at least 1 character",
            "items[1]: must be an object, not a number",
            "items[2].quantity: must be an integer",
            "items[2].size: is not a known field",
            "items[2].items[0].name: is required",
            "items[2].name: is required",
            "colour: is not a known field",
            "name: is required",
        ]
    );
}

#[test]
fn a_repeated_field_is_a_violation_even_if_it_is_unknown() {
    assert_eq!(bad(r#"{"name":"a","\u006eame":"b"}"#, Item::read), ["name: must appear only once"]);
    let read = |r: &mut Reader<'_>| {
        let mut object = r.object(&ObjectRule::NONE)?;
        while r.next_field(&mut object).is_some() {
            r.skip();
        }
        r.end_object(object);
        Some(())
    };
    assert_eq!(bad(r#"{"a":1,"b":2,"a":[3]}"#, read), ["a: must appear only once"]);
    good(r#"{"a":1,"b":{"a":1,"c":[{}]}}"#, read);
}

#[test]
fn kept_unknown_fields_are_returned_with_their_keys() {
    const RULE: ObjectRule = ObjectRule { fields: &["id"], unknown: Unknown::Keep, ..ObjectRule::NONE };
    let read = |r: &mut Reader<'_>| {
        let mut rest = Vec::new();
        let mut object = r.object(&RULE)?;
        while let Some(field) = r.next_field(&mut object) {
            match field {
                0 => drop(i32::read(r)),
                _ => {
                    let key = object.key().to_owned();
                    rest.push((key, i32::read(r)));
                }
            }
        }
        r.end_object(object);
        Some(rest)
    };
    assert_eq!(good(r#"{"a":1,"id":2,"b c":3}"#, read), [("a".to_owned(), Some(1)), ("b c".to_owned(), Some(3))]);
    assert_eq!(bad(r#"{"id":2,"b\n\"c":true}"#, read), [r#"["b\n\"c"]: must be an integer, not a boolean"#]);
    assert_eq!(bad(r#"{"b":1,"b":1}"#, read), ["b: must appear only once"]);
}

#[test]
fn the_number_of_fields_is_checked() {
    const RULE: ObjectRule =
        ObjectRule { fields: &["a", "b"], required: &["b"], min: 2, max: Some(2), ..ObjectRule::NONE };
    let read = |r: &mut Reader<'_>| {
        let mut object = r.object(&RULE)?;
        while r.next_field(&mut object).is_some() {
            r.skip();
        }
        r.end_object(object);
        Some(())
    };
    good(r#"{"b":1,"z":1}"#, read);
    assert_eq!(bad("{}", read), [": must have at least 2 fields", "b: is required"]);
    assert_eq!(bad(r#"{"b":1,"y":1,"z":1}"#, read), [": must have at most 2 fields"]);
    assert_eq!(bad(r#"{"a":1,"a":1}"#, read), ["a: must appear only once", "b: is required"]);
}

#[test]
fn more_than_64_fields_are_tracked() {
    const NAMES: [&str; 130] = {
        // Names that differ only in length, which can be computed.
        const LONG: &str = match std::str::from_utf8(&[b'x'; 130]) {
            Ok(text) => text,
            Err(_) => "",
        };
        let mut names = [""; 130];
        let mut index = 0;
        while index < 130 {
            names[index] = LONG.split_at(index + 1).0;
            index += 1;
        }
        names
    };
    const RULE: ObjectRule = ObjectRule { fields: &NAMES, required: &NAMES, ..ObjectRule::NONE };
    let read = |r: &mut Reader<'_>| {
        let mut indices = Vec::new();
        let mut object = r.object(&RULE)?;
        while let Some(field) = r.next_field(&mut object) {
            indices.push(field);
            r.skip();
        }
        assert!(indices.iter().all(|index| object.has(*index)));
        r.end_object(object);
        Some(indices)
    };
    let all: Vec<String> = NAMES.iter().rev().map(|name| format!("\"{name}\":0")).collect();
    let all = format!("{{{}}}", all.join(","));
    assert_eq!(good(&all, read), (0..130).rev().collect::<Vec<_>>());
    let twice = all.replace('}', &format!(",\"{}\":0}}", NAMES[128]));
    assert_eq!(bad(&twice, read), [format!("{}: must appear only once", NAMES[128])]);
    assert_eq!(bad("{}", read).len(), MOST_VIOLATIONS);
}

#[test]
fn a_patch_distinguishes_absent_from_null() {
    const RULE: ObjectRule = ObjectRule { fields: &["name"], ..ObjectRule::NONE };
    let read = |r: &mut Reader<'_>| {
        let mut name = Patch::Absent;
        let mut object = r.object(&RULE)?;
        while let Some(_name) = r.next_field(&mut object) {
            name = r.patch(|r| r.string(&StringRule::NONE)).unwrap_or_default();
        }
        r.end_object(object);
        Some(name)
    };
    assert_eq!(good("{}", read), Patch::Absent);
    assert_eq!(good(r#"{"name":null}"#, read), Patch::Null);
    assert_eq!(good(r#"{"name":"x"}"#, read), Patch::Value("x".to_owned()));
    assert_eq!(bad(r#"{"name":1}"#, read), ["name: must be a string, not a number"]);
    assert_eq!(good("null", |r| r.nullable(i32::read)), None);
    assert_eq!(good("1", |r| r.nullable(i32::read)), Some(1));
}

#[test]
fn at_most_100_violations_are_recorded() {
    let many = format!("[{}]", vec!["{}"; 5000].join(","));
    let (value, violations) = read_all(&many, Vec::<Item>::read);
    assert!(value.is_none());
    assert_eq!(violations.len(), MOST_VIOLATIONS);
    assert_eq!(violations[99], "[99].name: is required");
}

#[test]
fn fields_of_the_other_direction_are_skipped_by_closed_objects_and_maps() {
    for unknown in [Unknown::Deny, Unknown::Keep] {
        let read = |r: &mut Reader<'_>| {
            let rule: &'static ObjectRule = match unknown {
                Unknown::Deny => {
                    &ObjectRule { fields: &["name"], unknown: Unknown::Deny, ignored: &["id"], ..ObjectRule::NONE }
                }
                _ => &ObjectRule { fields: &["name"], unknown: Unknown::Keep, ignored: &["id"], ..ObjectRule::NONE },
            };
            let mut names = Vec::new();
            let mut object = r.object(rule)?;
            while let Some(field) = r.next_field(&mut object) {
                names.push(if field == 0 { "name".to_owned() } else { object.key().to_owned() });
                r.skip();
            }
            r.end_object(object);
            Some(names)
        };
        assert_eq!(good(r#"{"id":{"any":[1]},"name":"n"}"#, read), ["name"]);
        assert_eq!(bad(r#"{"id":1,"id":2,"name":"n"}"#, read), ["id: must appear only once"]);
    }
}
