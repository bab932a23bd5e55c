//! Tests of arrays and maps.

use std::collections::BTreeMap;

use super::{bad, good};
use crate::json::{Read, Reader};
use crate::validate::pattern::Pattern;
use crate::validate::rules::{ArrayRule, MapRule, StringRule};

#[test]
fn an_array_is_checked_for_its_length_and_every_element() {
    let read = |r: &mut Reader<'_>| r.array(&ArrayRule { min: 1, max: Some(2), unique: false }, i32::read);
    assert_eq!(good("[1, 2]", read), [1, 2]);
    assert_eq!(bad("[]", read), [": must have at least 1 element"]);
    assert_eq!(
        bad("[1,\"b\",[[]],4]", read),
        [
            "[1]: must be an integer, not a string",
            "[2]: must be an integer, not an array",
            ": must have at most 2 elements"
        ]
    );
    assert_eq!(bad("{}", read), [": must be an array, not an object"]);
}

#[test]
fn unique_elements_are_compared_as_json_values() {
    let read = |r: &mut Reader<'_>| r.array(&ArrayRule { unique: true, ..ArrayRule::NONE }, Reader::any);
    good(r#"[1, "1", true, [1], {"a": 1}, null, {"a": "1"}, [[1]], -1]"#, read);
    for (json, first, second) in [
        ("[1, 2, 1.0]", 0, 2),
        ("[0, -0.0]", 0, 1),
        (r#"["a", "\u0061"]"#, 0, 1),
        (r#"[5, {"a":1,"b":[2]}, {"b":[2e0],"a":1}]"#, 1, 2),
        ("[[], []]", 0, 1),
    ] {
        let expected = format!(": must not have equal elements, but elements {first} and {second} are equal");
        assert_eq!(bad(json, read), [expected], "{json}");
    }
}

#[test]
fn large_integers_with_equal_floats_are_not_equal() {
    let read = |r: &mut Reader<'_>| r.array(&ArrayRule { unique: true, ..ArrayRule::NONE }, u64::read);
    assert_eq!(good("[18446744073709551615, 18446744073709551614]", read).len(), 2);
}

#[test]
fn a_map_is_checked_for_its_size_keys_and_values() {
    static KEY: Pattern = Pattern::linear("^[a-z]+$", r"^[a-z]+\z");
    static KEYS: StringRule = StringRule { pattern: Some(&KEY), ..StringRule::NONE };
    let read = |r: &mut Reader<'_>| r.map(&MapRule { min: 1, max: Some(2), key: Some(&KEYS) }, i32::read);
    assert_eq!(good(r#"{"b":2,"a":1}"#, read), BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]));
    assert_eq!(bad("{}", read), [": must have at least 1 field"]);
    assert_eq!(
        bad(r#"{"A":1,"b":"x","c":3}"#, read),
        ["A: must match the pattern `^[a-z]+$`", "b: must be an integer, not a string", ": must have at most 2 fields"]
    );
    assert_eq!(bad(r#"{"a":1,"a":1}"#, read), ["a: must appear only once"]);
}

#[test]
fn nested_maps_and_arrays_are_in_the_path() {
    let json = r#"{"x y": [[1], [2, true]]}"#;
    assert_eq!(bad(json, BTreeMap::<String, Vec<Vec<i32>>>::read), ["x y[1][1]: must be an integer, not a boolean"]);
}
