//! Tests with malicious and random input: reading always ends, and returns a violation or a correct value.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::{Item, good, shown};
use crate::json::{Branch, Read, Reader, Types, Write, Writer};
use crate::validate::rules::{ArrayRule, MapRule};
use crate::validate::violation::InputLocation;
use crate::validate::violation::{MOST_VIOLATIONS, Violations};

/// A deterministic generator of pseudo-random numbers (xorshift), so that failures can be reproduced.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

const PIECES: [&str; 44] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"name\"",
    "\"items\"",
    "\"quantity\"",
    "\"name\":\"x\"",
    "\"items\":[",
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e9",
    "1e999",
    "-",
    ".",
    "e",
    " ",
    "\n",
    "\\",
    "\\u",
    "\\ud800",
    "\\udc00",
    "\\\"",
    "\"\\u0061\"",
    "\"😀\"",
    "é",
    "\u{0}",
    "\u{feff}",
    "\"a\":1",
    "{}",
    "[]",
    "\"\"",
    "18446744073709551616",
    "\"kind\"",
    "\"kind\":\"a\"",
    "NaN",
    "/*",
];

type Readings = [fn(&mut Reader<'_>) -> bool; 8];

/// Different ways of reading a value. Each returns true if it returned a value.
const READINGS: Readings = [
    |r| Item::read(r).is_some(),
    |r| Vec::<Item>::read(r).is_some(),
    |r| r.any().is_some(),
    |r| BTreeMap::<String, Vec<i64>>::read(r).is_some(),
    |r| r.array(&ArrayRule { unique: true, ..ArrayRule::NONE }, Reader::any).is_some(),
    |r| r.one_of_values(&["1", "{}", "[null]"]).is_some(),
    |r| {
        const BRANCHES: [Branch; 3] = [
            Branch { name: "Item", types: Types::OBJECT, ..Branch::NONE },
            Branch { name: "Map", types: Types::OBJECT, required: &["name"], consts: &[("kind", "\"a\"")] },
            Branch { name: "Any", ..Branch::NONE },
        ];
        r.one_of(&BRANCHES, |r, index| match index {
            0 => Item::read(r).map(drop),
            1 => r.map(&MapRule::NONE, Reader::any).map(drop),
            _ => r.any().map(drop),
        })
        .is_some()
    },
    |r| r.tagged("kind", &[("a", 0)], |r, _| r.map(&MapRule::NONE, Reader::any)).is_some(),
];

fn read_in_every_way(bytes: &[u8]) {
    for read in READINGS {
        let mut reader = Reader::json(bytes);
        let read = read(&mut reader);
        reader.finish();
        let violations: Violations = reader.into_violations();
        assert!(read || !violations.is_empty(), "{:?}", String::from_utf8_lossy(bytes));
        assert!(violations.list.len() <= MOST_VIOLATIONS);
        agrees_with_serde_json(bytes, violations.malformed);
    }
}

/// Checks that the reader and `serde_json` accept the same texts, except for numbers beyond 64 bits, which
/// `serde_json` rejects.
fn agrees_with_serde_json(bytes: &[u8], malformed: bool) {
    let text = String::from_utf8_lossy(bytes);
    match serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string()) {
        Ok(_) => assert!(!malformed, "not taken for JSON: {text:?}"),
        Err(error) if error.starts_with("number out of range") => {}
        Err(error) => assert!(malformed, "taken for JSON, but {error}: {text:?}"),
    }
}

#[test]
fn random_pieces_of_json_never_panic_and_are_accepted_only_if_valid() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let text: String = (0..=dice.roll(14)).map(|_| PIECES[dice.roll(PIECES.len())]).collect();
        read_in_every_way(text.as_bytes());
    }
}

/// Returns a random value with at most `levels` levels of nesting.
fn random_value(dice: &mut Dice, levels: usize) -> Value {
    match dice.roll(if levels == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => Value::Bool(dice.roll(2) == 0),
        2 => Value::from(dice.0 >> dice.roll(64)),
        3 => Value::from(-i64::from(dice.0 as u32)),
        4 => Number::from_f64(f64::from_bits(dice.0)).map_or(Value::Null, Value::Number),
        5 => Value::from(random_string(dice)),
        6 => (0..dice.roll(5)).map(|_| random_value(dice, levels - 1)).collect(),
        _ => {
            let fields = (0..dice.roll(5)).map(|_| (random_string(dice), random_value(dice, levels - 1)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}

fn random_string(dice: &mut Dice) -> String {
    let highest = [0x20, 0x7f, 0x800, 0x11_0000][dice.roll(4)];
    (0..dice.roll(20)).filter_map(|_| char::from_u32(dice.roll(highest) as u32)).collect()
}

#[test]
fn random_values_round_trip_unchanged() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    for _ in 0..3_000 {
        let value = random_value(&mut dice, 4);
        assert_eq!(good(&value.to_string(), Reader::any), value);
        assert_eq!(good(&serde_json::to_string_pretty(&value).unwrap(), Reader::any), value);
        let mut writer = Writer::new();
        write_by_parts(&value, &mut writer);
        assert_eq!(writer.finish().unwrap(), value.to_string().as_bytes());
    }
}

fn write_by_parts(value: &Value, writer: &mut Writer) {
    match value {
        Value::String(text) => writer.string(text),
        Value::Array(elements) => {
            writer.begin_array();
            elements.iter().for_each(|element| write_by_parts(element, writer));
            writer.end_array();
        }
        Value::Object(fields) => {
            writer.begin_object();
            for (key, value) in fields {
                writer.key(key);
                write_by_parts(value, writer);
            }
            writer.end_object();
        }
        other => other.write(writer),
    }
}

#[test]
fn a_long_key_of_the_caller_is_shortened_in_violations() {
    let name = "é".repeat(200_000);
    let json = format!("{{\"{name}\":[{}1]}}", "{},".repeat(150));
    let mut reader = Reader::json(json.as_bytes());
    assert!(BTreeMap::<String, Vec<i32>>::read(&mut reader).is_none());
    let violations = shown(reader);
    assert_eq!(violations[0], format!("{}…[0]: must be an integer, not an object", "é".repeat(100)));
    let mut reader = Reader::json(json.as_bytes());
    assert!(Item::read(&mut reader).is_none());
    assert_eq!(shown(reader)[0], format!("{}…: is not a known field", "é".repeat(100)));
}

#[test]
fn random_bytes_never_panic() {
    let mut dice = Dice(0xdead_beef_cafe_f00d);
    for _ in 0..5_000 {
        let bytes: Vec<u8> = (0..dice.roll(40)).map(|_| dice.roll(256) as u8).collect();
        read_in_every_way(&bytes);
    }
}

#[test]
fn a_valid_text_with_a_changed_or_missing_byte_never_panics() {
    let good = br#"{"name":"x\u00e9","quantity":1.0,"items":[{"name":"y","items":[]},{"name":"\ud83d\ude00"}]}"#;
    let mut dice = Dice(42);
    for at in 0..good.len() {
        read_in_every_way(&good[..at]);
        for _ in 0..8 {
            let mut bytes = good.to_vec();
            bytes[at] = dice.roll(256) as u8;
            read_in_every_way(&bytes);
        }
    }
}

#[test]
fn an_object_with_many_unknown_fields_is_read_in_reasonable_time() {
    let fields: Vec<String> = (0..50_000).map(|index| format!("\"k{index}\":0")).collect();
    let json = format!("{{\"name\":\"x\",{}}}", fields.join(","));
    read_in_every_way(json.as_bytes());
}

#[test]
fn a_random_parameter_never_panics() {
    let mut dice = Dice(7);
    for _ in 0..5_000 {
        let text: String = (0..=dice.roll(5)).map(|_| PIECES[dice.roll(PIECES.len())]).collect();
        for read in READINGS {
            let value = match dice.roll(3) {
                0 => super::scalar(&text),
                1 => crate::json::TextValue::List(vec![super::scalar(&text), super::scalar("1")]),
                _ => crate::json::TextValue::Map(vec![
                    ("name".into(), super::scalar(&text)),
                    ("kind".into(), super::scalar("a")),
                ]),
            };
            let mut reader = Reader::text(value, InputLocation::Query, "p");
            let read = read(&mut reader);
            assert!(read || !reader.into_violations().is_empty(), "{text:?}");
        }
    }
}
