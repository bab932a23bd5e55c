//! The tests of the JSON Schema Test Suite for the keywords that rules check. They are skipped if the suite
//! is not installed.

use std::path::Path;

use serde_json::Value;

use crate::json::Reader;
use crate::validate::rules::{ArrayRule, MapRule, NumberRule, StringRule};

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/json-schema-suite/tests/draft2020-12");

/// Returns true if `json` satisfies the only keyword of a schema.
///
/// Returns `None` if no rule checks the keyword, or if the keyword does not apply to values of this type.
fn keeps(keyword: &str, argument: &Value, data: &Value, json: &str) -> Option<bool> {
    let mut reader = Reader::json(json.as_bytes());
    let number = argument.as_f64();
    let count = number.map(|number| number as usize);
    match (keyword, data) {
        ("const", _) => drop(reader.one_of_values(&[&argument.to_string()])),
        ("enum", _) => {
            let values: Vec<String> = argument.as_array()?.iter().map(Value::to_string).collect();
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            reader.one_of_values(&values);
        }
        ("uniqueItems", Value::Array(_)) => {
            reader.array(&ArrayRule { unique: argument.as_bool()?, ..ArrayRule::NONE }, Reader::any);
        }
        ("minItems", Value::Array(_)) => {
            reader.array(&ArrayRule { min: count?, ..ArrayRule::NONE }, Reader::any);
        }
        ("maxItems", Value::Array(_)) => {
            reader.array(&ArrayRule { max: count, ..ArrayRule::NONE }, Reader::any);
        }
        ("minProperties", Value::Object(_)) => {
            reader.map(&MapRule { min: count?, ..MapRule::NONE }, Reader::any);
        }
        ("maxProperties", Value::Object(_)) => {
            reader.map(&MapRule { max: count, ..MapRule::NONE }, Reader::any);
        }
        ("minLength", Value::String(_)) => {
            reader.string(&StringRule { min: count?, ..StringRule::NONE });
        }
        ("maxLength", Value::String(_)) => {
            reader.string(&StringRule { max: count, ..StringRule::NONE });
        }
        (_, Value::Number(_)) => {
            let rule = match keyword {
                "minimum" => NumberRule { min: number, ..NumberRule::NONE },
                "maximum" => NumberRule { max: number, ..NumberRule::NONE },
                "exclusiveMinimum" => NumberRule { min: number, exclusive_min: true, ..NumberRule::NONE },
                "exclusiveMaximum" => NumberRule { max: number, exclusive_max: true, ..NumberRule::NONE },
                "multipleOf" => NumberRule { multiple_of: number, ..NumberRule::NONE },
                _ => return None,
            };
            reader.float64(&rule);
        }
        _ => return None,
    }
    reader.finish();
    Some(reader.into_violations().is_empty())
}

#[test]
fn rules_agree_with_the_json_schema_test_suite() {
    if !Path::new(SUITE).exists() {
        println!("skipped: there is no JSON Schema Test Suite at {SUITE}");
        return;
    }
    let files = [
        "const",
        "enum",
        "uniqueItems",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ];
    let mut checked = 0;
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(format!("{SUITE}/{file}.json")).unwrap();
        let groups: Value = serde_json::from_str(&text).unwrap();
        for group in groups.as_array().unwrap() {
            let keywords: Vec<_> =
                group["schema"].as_object().unwrap().iter().filter(|(keyword, _)| *keyword != "$schema").collect();
            let [(keyword, argument)] = keywords[..] else { continue };
            for test in group["tests"].as_array().unwrap() {
                let json = test["data"].to_string();
                let Some(kept) = keeps(keyword, argument, &test["data"], &json) else { continue };
                checked += 1;
                if kept != test["valid"].as_bool().unwrap() {
                    wrong.push(format!("{file}: {}: {}: {json}", group["description"], test["description"]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "of {checked}:\n{}", wrong.join("\n"));
    assert!(checked > 150, "only {checked} cases were found");
}
