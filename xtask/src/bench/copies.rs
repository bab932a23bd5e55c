//! The growing contracts of a benchmark: a document with several copies of one contract. Each copy has its own
//! paths, operation ids and components.

use serde_json::{Map, Value};

/// Returns a contract that contains `count` copies of `contract`; the first copy keeps its names.
pub fn copies(contract: &Value, count: usize) -> Value {
    let mut document = contract.clone();
    for copy in 1..count {
        let mut other = contract.clone();
        rename(&mut other, copy);
        merge(&mut document, other, "paths", |path| format!("/copy-{copy}{path}"));
        merge(&mut document, other_components(contract, copy), "components", |section| section);
    }
    document
}

/// Renames the operation ids and references of a contract's copy in `value`, so that they differ from other
/// copies.
fn rename(value: &mut Value, copy: usize) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                match value {
                    Value::String(id) if key == "operationId" => *id = format!("{id}-copy-{copy}"),
                    value => rename(value, copy),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| rename(value, copy)),
        // This case includes the references in discriminators.
        Value::String(text) if text.starts_with("#/components/") && !text.contains("/securitySchemes/") => {
            text.push_str(&format!("-copy-{copy}"));
        }
        _ => {}
    }
}

/// Returns the renamed components of a contract's copy. The copies share the security schemes, since security
/// requirements name them.
fn other_components(contract: &Value, copy: usize) -> Value {
    let mut sections = Map::new();
    for (section, components) in contract.get("components").and_then(Value::as_object).into_iter().flatten() {
        let Some(components) = components.as_object().filter(|_| section != "securitySchemes") else { continue };
        let renamed = components.iter().map(|(name, component)| {
            let mut component = component.clone();
            rename(&mut component, copy);
            (format!("{name}-copy-{copy}"), component)
        });
        sections.insert(section.clone(), Value::Object(renamed.collect()));
    }
    Value::Object(Map::from_iter([("components".to_owned(), Value::Object(sections))]))
}

/// Copies the members of one object of a contract, such as `paths`, into another contract. `key` is the name of
/// the object in both contracts, `name` renames the members.
fn merge(document: &mut Value, mut other: Value, key: &str, name: impl Fn(String) -> String) {
    let (Some(Value::Object(into)), Some(Value::Object(from))) = (document.get_mut(key), other.get_mut(key)) else {
        return;
    };
    for (known, value) in std::mem::take(from) {
        match (into.get_mut(&known), value) {
            (Some(Value::Object(into)), Value::Object(from)) if key == "components" => into.extend(from),
            (_, value) => drop(into.insert(name(known), value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::copies;

    #[test]
    fn a_copy_refers_to_its_own_components_only() {
        let operation =
            json!({ "operationId": "get", "security": [{ "key": [] }], "x": { "$ref": "#/components/schemas/A" } });
        let contract = json!({
            "paths": { "/a": { "get": operation } },
            "components": { "schemas": { "A": { "type": "object" } }, "securitySchemes": { "key": {} } },
        });
        assert_eq!(copies(&contract, 1), contract);
        let twice = copies(&contract, 2);
        let copied = &twice["paths"]["/copy-1/a"]["get"];
        assert_eq!(copied["operationId"], "get-copy-1");
        assert_eq!(copied["x"]["$ref"], "#/components/schemas/A-copy-1");
        assert_eq!(twice["paths"]["/a"], contract["paths"]["/a"]);
        let schemas = twice["components"]["schemas"].as_object().map(|schemas| schemas.keys().cloned().collect());
        assert_eq!(schemas, Some(vec!["A".to_owned(), "A-copy-1".to_owned()]));
        assert_eq!(twice["components"]["securitySchemes"], contract["components"]["securitySchemes"]);
    }
}
