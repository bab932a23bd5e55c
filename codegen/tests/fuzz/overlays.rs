//! Random overlays for a contract, as a second input beside it.

use serde_json::{Value, json};

use crate::material::{HOSTILE, keyword};
use crate::mutate::{Random, pointers_of};

/// Queries that select many nodes, few, or none; the last ones are not queries of RFC 9535.
const QUERIES: &[&str] = &[
    "$",
    "$..*",
    "$.*",
    "$.paths.*",
    "$.paths.*.*",
    "$.paths.*.*.parameters",
    "$.paths.*.*.parameters[*]",
    "$.paths.*.*.parameters[0,-1]",
    "$.components.schemas",
    "$.components.schemas.*",
    "$..schema",
    "$..['$ref']",
    "$..[?@.type == 'object']",
    "$..[?match(@.type, 's.*')]",
    "$..[?@..type]",
    "$..*..*",
    "$..[?$..type]",
    "$.info.title",
    "$.openapi",
    "$.none",
    "$[?(((@.a)))]",
    "$..[",
    "paths",
    "#/paths",
];

/// Returns a random overlay of up to six actions.
pub fn overlay(contract: &Value, random: &mut Random) -> Value {
    let mut pointers = Vec::new();
    pointers_of(contract, String::new(), &mut pointers);
    let actions: Vec<Value> = (0..=random.below(6)).map(|_| action(contract, &pointers, random)).collect();
    let version = random.pick(&["1.0.0", "1.1.0", "1.1.0", "1.2.0", "x"]);
    json!({ "overlay": version, "info": { "title": "t", "version": "1" }, "actions": actions })
}

fn action(contract: &Value, pointers: &[String], random: &mut Random) -> Value {
    let target = query(pointers, random);
    let reference = format!("#{}", pointers[random.below(pointers.len())]);
    let (name, value) = keyword(random, &reference);
    match random.below(6) {
        0 => json!({ "target": target, "remove": true }),
        1 => json!({ "target": target, "copy": query(pointers, random) }),
        2 => json!({ "target": target, "update": value }),
        3 => json!({ "target": target, "update": random.pick(HOSTILE) }),
        4 => json!({ "target": target, "update": { random.pick(HOSTILE): { "a": value } } }),
        _ if random.below(4) > 0 => json!({ "target": target, "update": { name: value } }),
        _ => {
            let graft = contract.pointer(&pointers[random.below(pointers.len())]).cloned();
            json!({ "target": target, "update": graft, "remove": random.below(9) == 0 })
        }
    }
}

/// Returns a query of the list, one that selects a random node, or text that may be no query.
fn query(pointers: &[String], random: &mut Random) -> String {
    match random.below(8) {
        0..3 => random.pick(QUERIES).to_owned(),
        3 => format!("$..{}", random.pick(HOSTILE)),
        _ => {
            let pointer = &pointers[random.below(pointers.len())];
            let steps = pointer.split('/').skip(1).map(|step| {
                let name = step.replace("~1", "/").replace("~0", "~");
                match name.parse::<u32>() {
                    Ok(index) if random.below(2) == 0 => format!("[{index}]"),
                    _ => format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
                }
            });
            format!("${}", steps.collect::<String>())
        }
    }
}
