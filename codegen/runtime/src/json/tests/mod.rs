//! Tests of reading and writing, by kind of value.

mod arrays;
mod broken;
mod checker;
mod hostile;
mod objects;
mod scalars;
mod suite;
mod texts;
mod unions;
mod writing;

use super::{Read, Reader, TextValue};
use crate::validate::rules::{ObjectRule, StringRule, Unknown};
use crate::validate::violation::InputLocation;

/// Reads a complete JSON text. Returns the value and each violation as `field: message`.
fn read_all<'a, T>(json: &'a str, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> (Option<T>, Vec<String>) {
    let mut reader = Reader::json(json.as_bytes());
    let value = read(&mut reader);
    reader.finish();
    let violations = shown(reader);
    assert!(value.is_some() || !violations.is_empty(), "nothing was read and nothing is wrong: {json}");
    (value, violations)
}

fn shown(reader: Reader<'_>) -> Vec<String> {
    let violations = reader.into_violations();
    violations.list.into_iter().map(|violation| format!("{}: {}", violation.field, violation.message)).collect()
}

/// Reads a valid JSON text.
#[track_caller]
fn good<'a, T>(json: &'a str, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> T {
    let (value, violations) = read_all(json, read);
    assert_eq!(violations, [] as [String; 0], "{json}");
    value.unwrap()
}

/// Reads an invalid JSON text and returns the violations.
#[track_caller]
fn bad<'a, T>(json: &'a str, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Vec<String> {
    let (_, violations) = read_all(json, read);
    assert!(!violations.is_empty(), "{json}");
    violations
}

/// Reads the query parameter `p`.
fn read_text<'a, T>(value: TextValue<'a>, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> (Option<T>, Vec<String>) {
    let mut reader = Reader::text(value, InputLocation::Query, "p");
    let value = read(&mut reader);
    reader.finish();
    (value, shown(reader))
}

fn scalar(text: &str) -> TextValue<'_> {
    TextValue::Scalar(text.into())
}

/// A recursive type that is read as generated code does it.
#[derive(Debug, PartialEq)]
struct Item {
    name: String,
    quantity: Option<i32>,
    items: Option<Vec<Item>>,
}

impl Read for Item {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        const RULE: ObjectRule = ObjectRule {
            fields: &["name", "quantity", "items"],
            required: &["name"],
            unknown: Unknown::Deny,
            ..ObjectRule::NONE
        };
        let (mut name, mut quantity, mut items) = (None, None, None);
        let mut object = r.object(&RULE)?;
        while let Some(field) = r.next_field(&mut object) {
            match field {
                0 => name = r.string(&StringRule { min: 1, ..StringRule::NONE }),
                1 => quantity = i32::read(r),
                _ => items = r.array(&crate::validate::rules::ArrayRule::NONE, Item::read),
            }
        }
        r.end_object(object);
        Some(Self { name: name?, quantity, items })
    }
}
