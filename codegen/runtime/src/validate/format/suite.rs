//! The format tests of the JSON Schema Test Suite. They are skipped if the suite is not installed.

use std::path::Path;

use super::{Format, check};

const SUITE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/json-schema-suite/tests/draft2020-12/optional/format");

#[test]
fn formats_agree_with_the_json_schema_test_suite() {
    if !Path::new(SUITE).exists() {
        println!("skipped: there is no JSON Schema Test Suite at {SUITE}");
        return;
    }
    let files = [
        ("date-time", Format::DateTime),
        ("date", Format::Date),
        ("time", Format::Time),
        ("duration", Format::Duration),
        ("uuid", Format::Uuid),
        ("email", Format::Email),
        ("hostname", Format::Hostname),
        ("ipv4", Format::Ipv4),
        ("ipv6", Format::Ipv6),
        ("uri", Format::Uri),
        ("uri-reference", Format::UriReference),
        ("regex", Format::Regex),
        ("json-pointer", Format::JsonPointer),
    ];
    let mut checked = 0;
    let mut wrong = Vec::new();
    for (file, format) in files {
        let text = std::fs::read_to_string(format!("{SUITE}/{file}.json")).unwrap();
        let groups: serde_json::Value = serde_json::from_str(&text).unwrap();
        let tests = groups.as_array().unwrap().iter().flat_map(|group| group["tests"].as_array().unwrap());
        for test in tests {
            let description = test["description"].as_str().unwrap();
            let Some(text) = test["data"].as_str() else {
                continue;
            };
            checked += 1;
            let right = check(format, text) == test["valid"].as_bool().unwrap();
            if !right {
                wrong.push(format!("{file}: {description}: {text:?} is wrong"));
            }
        }
    }
    assert!(wrong.is_empty(), "of {checked}:\n{}", wrong.join("\n"));
    assert!(checked > 300, "only {checked} cases were found");
}
