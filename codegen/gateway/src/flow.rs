//! The writing of JSON values in YAML's flow style, on one line and with as few quotes as possible.

use serde_json::Value;

/// The words that YAML parsers read as other values than strings.
const RESERVED: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// Returns a value in YAML's flow style. Members of objects are in alphabetical order.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(list) if list.is_empty() => "[]".to_owned(),
        Value::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            // The order must not depend on the features with which other crates compile `serde_json`.
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{}: {}", scalar(name), flow(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns a string as a YAML scalar: plain if every parser reads it as this string, and otherwise in double quotes.
pub(crate) fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte))
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str());
    match is_plain {
        true => text.to_owned(),
        // A JSON string is a YAML scalar in double quotes.
        false => Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_read_back() {
        let value = json!({
            "@type": "type.googleapis.com/a.b", "path": "/v2/users", "none": null, "n": 3, "yes": ["No", "1", "", "a: b"],
            "regex": "/a/[^/]+\\.json", "nested": { "list": [], "object": {}, "text": "\u{1}\"é'{}#" },
        });
        let text = flow(&value);
        assert!(!text.contains('\n'), "{text}");
        assert_eq!(serde_yaml::from_str::<serde_json::Value>(&text).unwrap(), value, "{text}");
    }
}
