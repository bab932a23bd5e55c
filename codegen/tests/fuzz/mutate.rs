//! Random changes of contracts. Each change uses the structure of the contract, but may make it invalid.

use serde_json::{Map, Value, json};

use crate::material::{HOSTILE, TYPES, keyword};

/// A random number generator (SplitMix64) that is deterministic for a seed.
pub struct Random(u64);

impl Random {
    /// Creates a generator from a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from zero to `count - 1`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    /// Returns a random element.
    pub fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// Returns a random contract after one to eight changes.
pub fn mutate(seeds: &[Value], random: &mut Random) -> Value {
    let mut contract = seeds[random.below(seeds.len())].clone();
    let other = &seeds[random.below(seeds.len())];
    for _ in 0..=random.below(8) {
        change(&mut contract, other, random);
    }
    contract
}

fn change(contract: &mut Value, other: &Value, random: &mut Random) {
    let mut pointers = Vec::new();
    pointers_of(contract, String::new(), &mut pointers);
    let schemas: Vec<String> = pointers.iter().filter(|pointer| is_schema(pointer)).cloned().collect();
    // Schemas have most of the meaning, so most changes are to schemas and their direct fields.
    let chosen = if schemas.is_empty() || random.below(3) == 0 { &pointers } else { &schemas };
    let at = chosen[random.below(chosen.len())].clone();
    let target = match schemas.is_empty() {
        true => "#".to_owned(),
        false => format!("#{}", schemas[random.below(schemas.len())]),
    };
    let donor = pointers[random.below(pointers.len())].clone();
    match random.below(16) {
        0 => remove(contract, &at),
        1 => duplicate(contract, &at, random),
        2 => swap(contract, &at, &donor),
        3 => put(contract, &at, Value::from(random.pick(HOSTILE))),
        4 => rename(contract, &at, random.pick(HOSTILE)),
        5 => put(contract, &at, scalar(random)),
        6 => put(contract, &at, json!({ "$ref": target })),
        7 => {
            let (name, value) = keyword(random, &target);
            insert(contract, &at, name, value);
        }
        8 => {
            let (name, value) = keyword(random, &format!("#{at}"));
            insert(contract, &at, name, value);
        }
        9 => insert(contract, &at, "type", Value::from(random.pick(TYPES))),
        10 => wrap(contract, &at, random),
        11 => chain(contract, random),
        12 => repeat(contract, &at, random),
        13 => rename(contract, &at, &"long".repeat(1 + random.below(3000))),
        14 => {
            let mut foreign = Vec::new();
            pointers_of(other, String::new(), &mut foreign);
            let graft = other.pointer(&foreign[random.below(foreign.len())]).cloned().unwrap_or_default();
            put(contract, &at, graft);
        }
        _ => {
            let graft = contract.pointer(&donor).cloned().unwrap_or_default();
            put(contract, &at, graft);
        }
    }
}

/// Collects the JSON pointer of every node.
pub fn pointers_of(node: &Value, here: String, found: &mut Vec<String>) {
    match node {
        Value::Object(object) => {
            for (name, below) in object {
                pointers_of(below, format!("{here}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(list) => {
            for (at, below) in list.iter().enumerate() {
                pointers_of(below, format!("{here}/{at}"), found);
            }
        }
        _ => {}
    }
    found.push(here);
}

fn is_schema(pointer: &str) -> bool {
    let mut steps = pointer.rsplit('/');
    let (last, before) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
    matches!(last, "schema" | "items" | "additionalProperties")
        || matches!(before, "schemas" | "properties" | "allOf" | "oneOf" | "anyOf")
}

fn scalar(random: &mut Random) -> Value {
    let all = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e308),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!(""),
    ];
    all[random.below(all.len())].clone()
}

fn put(contract: &mut Value, at: &str, value: Value) {
    if let Some(node) = contract.pointer_mut(at).filter(|_| !at.is_empty()) {
        *node = value;
    }
}

fn insert(contract: &mut Value, at: &str, name: &str, value: Value) {
    if let Some(Value::Object(object)) = contract.pointer_mut(at) {
        object.insert(name.to_owned(), value);
    }
}

fn split(at: &str) -> Option<(&str, String)> {
    at.rsplit_once('/').map(|(parent, last)| (parent, last.replace("~1", "/").replace("~0", "~")))
}

fn remove(contract: &mut Value, at: &str) {
    let Some((parent, last)) = split(at) else { return };
    match contract.pointer_mut(parent) {
        Some(Value::Object(object)) => drop(object.remove(&last)),
        Some(Value::Array(list)) => {
            if let Some(at) = last.parse::<usize>().ok().filter(|at| *at < list.len()) {
                list.remove(at);
            }
        }
        _ => {}
    }
}

fn duplicate(contract: &mut Value, at: &str, random: &mut Random) {
    let Some((parent, last)) = split(at) else { return };
    let Some(copy) = contract.pointer(at).cloned() else { return };
    match contract.pointer_mut(parent) {
        Some(Value::Object(object)) => {
            let names = [
                format!("{last}2"),
                last.to_uppercase(),
                format!("/{last}"),
                format!("{last}-"),
                format!("{last}_{last}"),
            ];
            object.insert(names[random.below(names.len())].clone(), copy);
        }
        Some(Value::Array(list)) => list.push(copy),
        _ => {}
    }
}

fn rename(contract: &mut Value, at: &str, name: &str) {
    let Some((parent, last)) = split(at) else { return };
    if let Some(Value::Object(object)) = contract.pointer_mut(parent) {
        let entries = std::mem::take(object);
        *object =
            entries.into_iter().map(|(key, value)| (if key == last { name.to_owned() } else { key }, value)).collect();
    }
}

fn swap(contract: &mut Value, one: &str, other: &str) {
    let (Some(first), Some(second)) = (contract.pointer(one).cloned(), contract.pointer(other).cloned()) else {
        return;
    };
    put(contract, one, second);
    put(contract, other, first);
}

/// Wraps a node in many levels of one keyword, at most about as deep as the reader allows.
fn wrap(contract: &mut Value, at: &str, random: &mut Random) {
    let Some(inner) = contract.pointer(at).cloned() else { return };
    let layers = [1, 3, 40, 90][random.below(4)];
    let kind = random.below(5);
    let wrapped = (0..layers).fold(inner, |inner, _| match kind {
        0 => json!({ "type": "array", "items": inner }),
        1 => json!({ "allOf": [inner] }),
        2 => json!({ "oneOf": [inner, { "type": "string" }] }),
        3 => json!({ "type": "object", "properties": { "a": inner } }),
        _ => json!({ "type": "object", "additionalProperties": inner }),
    });
    put(contract, at, wrapped);
}

/// Adds a chain of components that refer to each other. The last one may refer to the first.
fn chain(contract: &mut Value, random: &mut Random) {
    let count = [2, 10, 300, 5000][random.below(4)];
    let kind = random.below(6);
    let closed = random.below(2) == 0;
    let mut schemas = Map::new();
    for number in 0..count {
        let next = if number + 1 < count { number + 1 } else { 0 };
        let below = match number + 1 == count && !closed {
            true => json!({ "type": "string", "readOnly": true }),
            false => json!({ "$ref": format!("#/components/schemas/Z{next}") }),
        };
        let link = match kind {
            0 => json!({ "type": "array", "items": below }),
            1 => json!({ "allOf": [below], "description": "x" }),
            2 => json!({ "oneOf": [below, { "type": "integer" }] }),
            3 => json!({ "type": "object", "required": ["a"], "properties": { "a": below } }),
            4 => json!({ "type": "object", "additionalProperties": below }),
            _ => {
                json!({ "allOf": [below, { "type": "object", "properties": { format!("p{number}"): { "type": "string" } } }] })
            }
        };
        schemas.insert(format!("Z{number}"), link);
    }
    let Some(root) = contract.as_object_mut() else { return };
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(all) = components.as_object_mut() {
        let entry = all.entry("schemas").or_insert_with(|| json!({}));
        if let Some(known) = entry.as_object_mut() {
            known.extend(schemas);
        }
    }
    let paths = root.entry("paths").or_insert_with(|| json!({}));
    if let Some(paths) = paths.as_object_mut() {
        let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Z0" } } });
        let responses = json!({ "200": { "description": "x", "content": content } });
        paths.insert(
            "/chain".to_owned(),
            json!({ "post": { "requestBody": { "content": content }, "responses": responses } }),
        );
    }
}

/// Repeats an entry of a list or map many times.
fn repeat(contract: &mut Value, at: &str, random: &mut Random) {
    let count = [2, 50, 1000][random.below(3)];
    match contract.pointer_mut(at) {
        Some(Value::Array(list)) if !list.is_empty() => {
            let one = list[0].clone();
            let small = one.to_string().len() < 300;
            list.extend(std::iter::repeat_n(one, if small { count } else { 3 }));
        }
        Some(Value::Object(object)) => {
            let Some((name, one)) = object.iter().next().map(|(name, one)| (name.clone(), one.clone())) else { return };
            let count = if one.to_string().len() < 300 { count } else { 3 };
            object.extend((0..count).map(|number| (format!("{name}{number}"), one.clone())));
        }
        _ => {}
    }
}
