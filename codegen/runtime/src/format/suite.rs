//! The format tests of the JSON Schema Test Suite, where its files stand beside the repository.

use std::path::Path;

use super::{Format, check};

const SUITE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/json-schema-suite/tests/draft2020-12/optional/format");

/// Cases that need the character tables of IDNA 2008 (RFC 5892), which would be the largest part
/// of the runtime: labels that decode to characters that may not stand there.
const NEEDS_IDNA_TABLES: [&str; 22] = [
    "contains illegal char U+302E Hangul single dot tone mark",
    "Begins with a Spacing Combining Mark",
    "Begins with a Nonspacing Mark",
    "Begins with an Enclosing Mark",
    "Exceptions that are DISALLOWED, right-to-left chars",
    "Exceptions that are DISALLOWED, left-to-right chars",
    "MIDDLE DOT with no preceding 'l'",
    "MIDDLE DOT with nothing preceding",
    "MIDDLE DOT with no following 'l'",
    "MIDDLE DOT with nothing following",
    "Greek KERAIA not followed by Greek",
    "Greek KERAIA not followed by anything",
    "Hebrew GERESH not preceded by Hebrew",
    "Hebrew GERESH not preceded by anything",
    "Hebrew GERSHAYIM not preceded by Hebrew",
    "Hebrew GERSHAYIM not preceded by anything",
    "KATAKANA MIDDLE DOT with no Hiragana, Katakana, or Han",
    "KATAKANA MIDDLE DOT with no other characters",
    "Arabic-Indic digits mixed with Extended Arabic-Indic digits",
    "ZERO WIDTH JOINER not preceded by Virama",
    "ZERO WIDTH JOINER not preceded by anything",
    "contains \"--\" in the 3rd and 4th position",
];

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
            let known = format == Format::Hostname && NEEDS_IDNA_TABLES.contains(&description);
            if right == known {
                let what = if known { "is right by now" } else { "is wrong" };
                wrong.push(format!("{file}: {description}: {text:?} {what}"));
            }
        }
    }
    assert!(wrong.is_empty(), "of {checked}:\n{}", wrong.join("\n"));
    assert!(checked > 300, "only {checked} cases were found");
}
