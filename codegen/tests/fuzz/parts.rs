//! Excerpts of large contracts: some paths with everything that they refer to. So large contracts are changed
//! as often as small ones.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

/// The fields of a document that contain operations.
const SECTIONS: &[&str] = &["paths", "webhooks"];

/// The description of a schema that replaces one for which an excerpt has no room.
const CUT: &str = "cut off";

/// A contract with the components that its operations refer to.
struct Index<'c> {
    contract: &'c Value,
    /// The path items, webhooks and components by pointer, each with its size in bytes.
    pieces: BTreeMap<String, (&'c Value, usize)>,
}

/// Splits a contract into at most `count` excerpts of about `largest` bytes, which are spread over the
/// contract. The result is deterministic.
pub fn excerpts(contract: &Value, largest: usize, count: usize) -> Vec<Value> {
    let index = Index::of(contract);
    let mut groups: Vec<(Vec<String>, BTreeSet<String>)> = Vec::new();
    for at in index.pieces.keys().filter(|at| !at.starts_with("#/components/")) {
        let reached: BTreeSet<String> = index.reached(std::slice::from_ref(at)).into_iter().collect();
        match groups.last_mut() {
            Some((members, all)) if index.size(all.union(&reached)) <= largest => {
                members.push(at.clone());
                all.extend(reached);
            }
            _ => groups.push((vec![at.clone()], reached)),
        }
    }
    let step = groups.len().div_ceil(count.max(1)).max(1);
    groups.iter().step_by(step).map(|(members, _)| index.excerpt(members, largest)).collect()
}

impl<'c> Index<'c> {
    fn of(contract: &'c Value) -> Index<'c> {
        let mut pieces = BTreeMap::new();
        let mut add = |section: &str, components: &'c Value| {
            for (name, value) in components.as_object().into_iter().flatten() {
                let at = format!("#/{section}/{}", name.replace('~', "~0").replace('/', "~1"));
                pieces.insert(at, (value, value.to_string().len()));
            }
        };
        SECTIONS.iter().for_each(|section| add(section, &contract[section]));
        for (name, components) in contract["components"].as_object().into_iter().flatten() {
            add(&format!("components/{name}"), components);
        }
        Index { contract, pieces }
    }

    fn size<'s>(&self, all: impl Iterator<Item = &'s String>) -> usize {
        all.filter_map(|at| self.pieces.get(at)).map(|(_, size)| size).sum()
    }

    /// Returns the pieces that `from` refers to, directly or indirectly, the nearest first.
    fn reached(&self, from: &[String]) -> Vec<String> {
        let mut known: BTreeSet<String> = from.iter().cloned().collect();
        let mut open: VecDeque<String> = from.iter().cloned().collect();
        let mut reached = Vec::new();
        while let Some(at) = open.pop_front() {
            if let Some((value, _)) = self.pieces.get(&at) {
                self.references(value, &mut |target| {
                    if known.insert(target.to_owned()) {
                        open.push_back(target.to_owned());
                    }
                });
            }
            reached.push(at);
        }
        reached
    }

    /// Returns the piece that a reference points to or into.
    fn piece(&self, text: &str) -> Option<&str> {
        let ends = text.match_indices('/').map(|(end, _)| end).chain([text.len()]);
        ends.filter_map(|end| self.pieces.get_key_value(&text[..end])).next().map(|(at, _)| at.as_str())
    }

    /// Calls `found` for each reference in a value. Any string may be one, since mappings of discriminators contain
    /// references too.
    fn references(&self, value: &Value, found: &mut dyn FnMut(&str)) {
        match value {
            Value::String(text) => self.piece(text).into_iter().for_each(found),
            Value::Array(list) => list.iter().for_each(|value| self.references(value, found)),
            Value::Object(object) => object.values().for_each(|value| self.references(value, found)),
            _ => {}
        }
    }

    /// Returns an excerpt with some path items and everything that they refer to. If it would be too large, the
    /// farthest schemas are replaced.
    fn excerpt(&self, members: &[String], largest: usize) -> Value {
        let mut excerpt = self.contract.clone();
        let Some(object) = excerpt.as_object_mut() else { return excerpt };
        SECTIONS.iter().for_each(|section| drop(object.remove(*section)));
        let schemes = self.contract["components"].get("securitySchemes").cloned();
        object.insert("paths".to_owned(), json!({}));
        object.insert("components".to_owned(), json!({ "securitySchemes": schemes.unwrap_or_else(|| json!({})) }));
        let mut room = largest;
        for at in self.reached(members) {
            let Some((value, size)) = self.pieces.get(&at) else { continue };
            let fits = *size <= room || !at.starts_with("#/components/schemas/");
            let value = if fits { (*value).clone() } else { json!({ "description": CUT }) };
            room = room.saturating_sub(if fits { *size } else { CUT.len() });
            let steps: Vec<String> =
                at[2..].split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
            insert(&mut excerpt, &steps, value);
        }
        excerpt
    }
}

/// Inserts a value at a path, and creates the objects on it.
fn insert(value: &mut Value, steps: &[String], new: Value) {
    match (value, steps) {
        (value, []) => *value = new,
        (Value::Object(object), [step, rest @ ..]) => {
            insert(object.entry(step.clone()).or_insert_with(|| Value::Object(Map::new())), rest, new);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refers(name: &str) -> Value {
        json!({ "get": { "responses": { "200": { "$ref": format!("#/components/responses/{name}") } } } })
    }

    fn contract() -> Value {
        let text = "x".repeat(200);
        json!({
            "openapi": "3.0.3",
            "info": { "title": "Large", "version": "1" },
            "paths": { "/a": refers("A"), "/b": refers("B"), "/c": refers("A") },
            "components": {
                "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "k" } },
                "responses": {
                    "A": { "description": text, "content": { "a/b": { "schema": { "$ref": "#/components/schemas/S/items" } } } },
                    "B": { "description": "" },
                },
                "schemas": { "S": { "items": { "$ref": "#/components/schemas/T" } }, "T": { "title": text }, "U": {} },
            },
        })
    }

    #[test]
    fn each_excerpt_contains_the_references_of_its_paths_and_every_path_is_in_an_excerpt() {
        let excerpts = excerpts(&contract(), 700, 9);
        let paths: Vec<Vec<&String>> = excerpts
            .iter()
            .map(|excerpt| excerpt["paths"].as_object().into_iter().flatten().map(|(name, _)| name).collect())
            .collect();
        assert_eq!(paths, [["/a", "/b"].as_slice(), ["/c"].as_slice()]);
        let names =
            |value: &Value| value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&excerpts[1]["components"]["schemas"]), ["S", "T"]);
        assert_eq!(names(&excerpts[1]["components"]["responses"]), ["A"]);
        assert_eq!(names(&excerpts[1]["components"]["securitySchemes"]), ["key"]);
        assert_eq!(excerpts[0]["info"]["title"], "Large");
    }

    #[test]
    fn schemas_without_room_are_cut_off_and_excerpts_are_spread_over_the_contract() {
        let all = excerpts(&contract(), 100, 9);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0]["components"]["schemas"]["T"], json!({ "description": CUT }));
        let few = excerpts(&contract(), 100, 2);
        assert_eq!(few, [all[0].clone(), all[2].clone()]);
    }
}
