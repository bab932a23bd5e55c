//! Tests of `oneOf`, `anyOf` and discriminators.

use super::{bad, good, read_all};
use crate::json::{Branch, Read, Reader, Types};
use crate::validate::rules::{ObjectRule, StringRule, Unknown};

const CAT: Branch = Branch { name: "Cat", types: Types::OBJECT, required: &["meows"], consts: &[("kind", "\"cat\"")] };
const DOG: Branch = Branch { name: "Dog", types: Types::OBJECT, required: &["barks"], consts: &[("kind", "\"dog\"")] };

/// Reads an object with `meows` or `barks`, which is a number, and any `kind`.
fn pet(r: &mut Reader<'_>, index: usize) -> Option<String> {
    const FIELDS: [ObjectRule; 2] = [
        ObjectRule { fields: &["meows", "kind"], required: &["meows"], unknown: Unknown::Deny, ..ObjectRule::NONE },
        ObjectRule { fields: &["barks", "kind"], required: &["barks"], unknown: Unknown::Deny, ..ObjectRule::NONE },
    ];
    let mut loudness = None;
    let mut object = r.object(&FIELDS[index])?;
    while let Some(field) = r.next_field(&mut object) {
        match field {
            0 => loudness = i32::read(r),
            _ => drop(String::read(r)),
        }
    }
    r.end_object(object);
    Some(format!("{} {}", FIELDS[index].fields[0], loudness?))
}

#[test]
fn required_and_constant_fields_select_the_alternative() {
    let read = |r: &mut Reader<'_>| r.one_of(&[CAT, DOG], pet);
    assert_eq!(good(r#"{"kind":"cat","meows":1}"#, read), "meows 1");
    assert_eq!(good(r#"[{"barks":2}]"#, |r| r.array(&crate::validate::rules::ArrayRule::NONE, read)), ["barks 2"]);
    assert_eq!(
        bad(r#"{"barks":"x","tail":1}"#, read),
        ["barks: must be an integer, not a string", "tail: is not a known field"]
    );
}

#[test]
fn the_closest_alternative_is_named_and_read_if_none_is_possible() {
    let read = |r: &mut Reader<'_>| r.one_of(&[CAT, DOG], pet);
    assert_eq!(
        bad(r#"{"kind":"dog"}"#, read),
        [": must match one of the alternatives Cat, Dog; the closest is Dog", "barks: is required"]
    );
    assert_eq!(bad("5", read), [": must match one of the alternatives Cat, Dog"]);
}

const SHORT: Branch = Branch { name: "Short", types: Types::STRING, ..Branch::NONE };
const LONG: Branch = Branch { name: "Long", types: Types::STRING, ..Branch::NONE };
const NUMBER: Branch = Branch { name: "Number", types: Types::NUMBER, ..Branch::NONE };

fn text(r: &mut Reader<'_>, index: usize) -> Option<(usize, String)> {
    let text = match index {
        0 => r.string(&StringRule { max: Some(3), ..StringRule::NONE }),
        1 => r.string(&StringRule { min: 2, ..StringRule::NONE }),
        _ => f64::read(r).map(|number| number.to_string()),
    };
    text.map(|text| (index, text))
}

#[test]
fn alternatives_of_one_type_are_tried_and_exactly_one_must_match() {
    let read = |r: &mut Reader<'_>| r.one_of(&[SHORT, LONG, NUMBER], text);
    assert_eq!(good("\"a\"", read), (0, "a".to_owned()));
    assert_eq!(good("\"abcd\"", read), (1, "abcd".to_owned()));
    assert_eq!(good("1.5", read), (2, "1.5".to_owned()));
    assert_eq!(bad("\"abc\"", read), [": must match only one of the alternatives, but matches Short, Long"]);
    assert_eq!(bad("true", read), [": must match one of the alternatives Short, Long, Number"]);
}

#[test]
fn any_of_takes_the_first_alternative_that_matches() {
    let read = |r: &mut Reader<'_>| r.any_of(&[SHORT, LONG], text);
    assert_eq!(good("\"abc\"", read), (0, "abc".to_owned()));
    assert_eq!(good("\"abcd\"", read), (1, "abcd".to_owned()));
    let read = |r: &mut Reader<'_>| r.any_of(&[SHORT, NUMBER], text);
    assert_eq!(bad("\"abcd\"", read), [": must have at most 3 characters"]);
}

#[test]
fn reading_continues_after_an_invalid_union() {
    let read = |r: &mut Reader<'_>| {
        r.array(&crate::validate::rules::ArrayRule::NONE, |r| {
            r.one_of(&[SHORT, LONG], |r, index| match index {
                0 => r.string(&StringRule { max: Some(0), ..StringRule::NONE }),
                _ => r.string(&StringRule { min: 9, ..StringRule::NONE }),
            })
        })
    };
    assert_eq!(
        bad("[\"ab\", \"\", 5]", read),
        [
            "[0]: must match one of the alternatives Short, Long; the closest is Short",
            "[0]: must have at most 0 characters",
            "[2]: must match one of the alternatives Short, Long",
        ]
    );
}

#[test]
fn a_discriminator_selects_the_alternative() {
    let read = |r: &mut Reader<'_>| r.tagged("kind", &[("cat", 0), ("dog", 1), ("hound", 1)], pet);
    assert_eq!(good(r#"{"barks":3,"kind":"hound"}"#, read), "barks 3");
    assert_eq!(bad(r#"{"kind":"cat","barks":3}"#, read), ["barks: is not a known field", "meows: is required"]);
    assert_eq!(bad(r#"{"kind":"cow"}"#, read), ["kind: must be one of cat, dog, hound"]);
    assert_eq!(bad(r#"{"kind":7}"#, read), ["kind: must be one of cat, dog, hound"]);
    assert_eq!(bad("{}", read), ["kind: is required"]);
    assert_eq!(bad("[]", read), [": must be an object"]);
}

/// Reads a recursive union with two alternatives of the same type.
fn tower(r: &mut Reader<'_>) -> Option<()> {
    const BRANCHES: [Branch; 2] = [Branch { name: "A", ..Branch::NONE }, Branch { name: "B", ..Branch::NONE }];
    r.one_of(&BRANCHES, |r, _| r.array(&crate::validate::rules::ArrayRule::NONE, tower).map(drop))
}

#[test]
fn the_work_of_nested_unions_is_limited() {
    let json = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    let (value, violations) = read_all(&json, tower);
    assert!(value.is_none());
    assert_eq!(violations.last().map(String::as_str), Some(": is too complex to be validated"));
}

/// Reads an object with the fields of an alternative, and returns its index.
fn part(r: &mut Reader<'_>, index: usize) -> Option<usize> {
    const FIELDS: [ObjectRule; 3] = [
        ObjectRule { fields: &["a"], ..ObjectRule::NONE },
        ObjectRule { fields: &["a", "b"], required: &["b"], ..ObjectRule::NONE },
        ObjectRule { fields: &["a", "b", "c"], required: &["c"], ..ObjectRule::NONE },
    ];
    let mut object = r.object(&FIELDS[index])?;
    while r.next_field(&mut object).is_some() {
        i32::read(r);
    }
    r.end_object(object);
    Some(index)
}

#[test]
fn the_alternative_that_ignores_fewest_fields_is_chosen_if_several_may_match() {
    let read = |r: &mut Reader<'_>| r.any_of(&[Branch::NONE, Branch::NONE, Branch::NONE], part);
    assert_eq!(good(r#"{"a":1}"#, read), 0);
    assert_eq!(good(r#"{"a":1,"b":2}"#, read), 1);
    assert_eq!(good(r#"{"a":1,"b":2,"c":3}"#, read), 2);
    assert_eq!(good(r#"{"a":1,"d":4}"#, read), 0);
    assert_eq!(good(r#"{"a":1,"b":"x"}"#, read), 0);
    let list = |r: &mut Reader<'_>| r.array(&crate::validate::rules::ArrayRule::NONE, read);
    assert_eq!(good(r#"[{"b":1,"x":0},{"c":1},{}]"#, list), [1, 2, 0]);
}
