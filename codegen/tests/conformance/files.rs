//! A schema of the suite as a person writes it in a contract. A contract knows no `id` and no document
//! of another host, but it has several files that refer to each other: what has an address of its own
//! becomes a file, and every reference to it the file's path and a JSON pointer.
//!
//! What is translated is the addressing, and nothing else: `id` and `$id` go, since they only say where
//! a schema is; a reference by address or from elsewhere by name becomes one by path; `$schema` goes,
//! since the version of a contract says it. A reference that stays within its file, `$anchor`s among
//! them, is left to the generator as it stands, and so is one that means nothing.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value as Json, json};

use crate::addresses::{Addresses, Fetch, Spot};
use crate::subschemas;
use crate::suite::Dialect;

/// What cannot stand in the fragment of a reference, or means something there.
const FRAGMENT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`');

/// A schema and the files beside it.
pub struct Translated {
    /// The schema itself, at the pointer that it was translated for.
    pub schema: Json,
    /// The files by their names, all in one folder.
    pub files: BTreeMap<String, Json>,
}

/// A translation that is under way.
struct Translation<'f> {
    dialect: Dialect,
    addresses: Addresses<'f>,
    /// The file of each schema that has one.
    names: BTreeMap<Spot, String>,
    /// Those that are not written yet.
    open: Vec<Spot>,
    /// The pointer of the schema in the contract, and the folder of its files from there.
    pointer: &'f str,
    folder: &'f str,
    /// Whether the schema stands in the contract itself.
    inline: bool,
}

/// Translates a schema that will stand at a pointer of the contract, with its files in a folder.
pub fn translate(dialect: Dialect, schema: &Json, pointer: &str, folder: &str, fetch: Fetch<'_>) -> Translated {
    let addresses = Addresses::of(dialect, schema.clone(), fetch);
    let inline = addresses.is_plain();
    let (names, open) = (BTreeMap::new(), Vec::new());
    let mut translation = Translation { dialect, addresses, names, open, pointer, folder, inline };
    let root = Spot::root(0);
    let schema = match inline {
        true => translation.rewrite(schema, &root, &root),
        false => json!({ "$ref": format!("{folder}/{}", translation.file(&root)) }),
    };
    let mut files = BTreeMap::new();
    while let Some(root) = translation.open.pop() {
        let schema = translation.addresses.schema(&root).cloned().unwrap_or_default();
        let name = translation.file(&root);
        files.insert(name, translation.rewrite(&schema, &root, &root));
    }
    Translated { schema, files }
}

impl Translation<'_> {
    /// A schema in the words of its file: what has an address of its own stands in another.
    fn rewrite(&mut self, schema: &Json, spot: &Spot, root: &Spot) -> Json {
        let mut written = schema.clone();
        if let Some(object) = written.as_object_mut() {
            for key in ["$schema", self.dialect.address()] {
                if object.get(key).is_some_and(Json::is_string) {
                    object.remove(key);
                }
            }
            if let Some(Json::String(reference)) = object.get_mut("$ref") {
                *reference = self.reference(root, reference);
            }
        }
        for steps in subschemas::steps(schema) {
            let held = spot.within(&steps);
            let new = match subschemas::at(schema, &steps) {
                Some(_) if self.addresses.is_root(&held) => json!({ "$ref": self.path(root, &held) }),
                Some(schema) => self.rewrite(schema, &held, root),
                None => continue,
            };
            if let Some(place) = subschemas::at_mut(&mut written, &steps) {
                *place = new;
            }
        }
        written
    }

    /// A reference below a root as a path and a pointer.
    fn reference(&mut self, root: &Spot, reference: &str) -> String {
        let Some(spot) = self.addresses.resolve(root, reference) else { return reference.to_owned() };
        let (target, steps) = self.addresses.root_of(&spot);
        let local = reference.strip_prefix('#').filter(|_| target == *root);
        let prefix = if self.inline && target == Spot::root(0) { self.pointer } else { "" };
        match local {
            // The names of draft 4 are no names of a contract.
            Some(name) if self.dialect != Dialect::Draft4 && !name.is_empty() && !name.starts_with('/') => {
                return reference.to_owned();
            }
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => return format!("#{prefix}{pointer}"),
            _ => {}
        }
        let steps: Vec<String> = steps.iter().map(|step| step.replace('~', "~0").replace('/', "~1")).collect();
        let pointer: String = steps.iter().map(|step| format!("/{}", utf8_percent_encode(step, FRAGMENT))).collect();
        let path = if target == *root { String::new() } else { self.path(root, &target) };
        match path.is_empty() || !pointer.is_empty() {
            true => format!("{path}#{prefix}{pointer}"),
            false => path,
        }
    }

    /// The path to the file of a schema, from that of another.
    fn path(&mut self, from: &Spot, to: &Spot) -> String {
        let file = self.file(to);
        match self.inline && *from == Spot::root(0) {
            true => format!("{}/{file}", self.folder),
            false => file,
        }
    }

    /// The name of a schema's file: the end of its address.
    fn file(&mut self, root: &Spot) -> String {
        if let Some(name) = self.names.get(root) {
            return name.clone();
        }
        let address = self.addresses.base(root).trim_end_matches('/');
        let end = address.rsplit(['/', ':']).next().unwrap_or(address).trim_end_matches(".json");
        let taken = self.names.values().filter(|name| name.trim_end_matches(".json") == end).count();
        let name = match taken {
            0 => format!("{end}.json"),
            _ => format!("{end}-{}.json", self.names.len()),
        };
        self.names.insert(root.clone(), name.clone());
        self.open.push(root.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(dialect: Dialect, schema: Json) -> (Json, BTreeMap<String, Json>) {
        let elsewhere = |address: &str| match address {
            "http://x.test/far.json" => {
                Some(json!({ "type": "string", "not": { "$ref": "#" }, "items": { "$ref": "a/b" } }))
            }
            "http://x.test/a/b" => Some(json!({ "enum": [{ "$ref": "#/no/schema", "$id": "data" }] })),
            _ => None,
        };
        let translated = translate(dialect, &schema, "/components/schemas/g0", "files/g0", &elsewhere);
        (translated.schema, translated.files)
    }

    #[test]
    fn a_schema_without_addresses_stays_in_the_contract() {
        let schema = json!({ "properties": { "$ref": { "type": "string" }, "id": { "$ref": "#/a~1b" } }, "a/b": { "$ref": "#" } });
        let (schema, files) = translated(Dialect::Draft202012, schema);
        let same = json!({ "properties": { "$ref": { "type": "string" }, "id": { "$ref": "#/components/schemas/g0/a~1b" } }, "a/b": { "$ref": "#" } });
        assert_eq!((schema, files.len()), (same, 0));
    }

    #[test]
    fn a_document_of_another_host_is_a_file_and_so_is_what_it_refers_to() {
        let (schema, files) =
            translated(Dialect::Draft4, json!({ "items": { "$ref": "http://x.test/far.json#/items" } }));
        assert_eq!(schema, json!({ "items": { "$ref": "files/g0/far.json#/items" } }));
        assert_eq!(
            files["far.json"],
            json!({ "type": "string", "not": { "$ref": "#" }, "items": { "$ref": "b.json" } })
        );
        assert_eq!(files["b.json"], json!({ "enum": [{ "$ref": "#/no/schema", "$id": "data" }] }));
    }

    #[test]
    fn what_has_an_address_moves_and_pointers_through_it_follow() {
        let (schema, files) = translated(
            Dialect::Draft202012,
            json!({
                "$id": "http://y.test/dir/root.json",
                "$ref": "#/$defs/one/$defs/two",
                "$defs": { "one": { "$id": "/one/", "$defs": { "two": { "$ref": "../dir/root.json#/$defs/x%25" } } }, "x%": {} },
            }),
        );
        assert_eq!(schema, json!({ "$ref": "files/g0/root.json" }));
        let root = json!({ "$ref": "one.json#/$defs/two", "$defs": { "one": { "$ref": "one.json" }, "x%": {} } });
        assert_eq!(files["root.json"], root);
        assert_eq!(files["one.json"], json!({ "$defs": { "two": { "$ref": "root.json#/$defs/x%25" } } }));
    }

    #[test]
    fn a_name_is_left_where_a_contract_has_it_and_else_is_the_pointer_that_it_names() {
        let (_, files) = translated(
            Dialect::Draft202012,
            json!({
                "$id": "http://y.test/root",
                "allOf": [{ "$ref": "#here" }, { "$ref": "there#here" }],
                "$defs": { "a": { "$anchor": "here" }, "b": { "$id": "there", "items": { "$anchor": "here" } } },
            }),
        );
        assert_eq!(files["root.json"]["allOf"], json!([{ "$ref": "#here" }, { "$ref": "there.json#/items" }]));
        let (_, files) = translated(
            Dialect::Draft4,
            json!({ "allOf": [{ "$ref": "#here" }], "definitions": { "a": { "id": "#here", "type": "integer" } } }),
        );
        let root = json!({ "allOf": [{ "$ref": "#/definitions/a" }], "definitions": { "a": { "type": "integer" } } });
        assert_eq!(files["schema.json"], root);
    }

    #[test]
    fn in_draft_4_what_stands_beside_a_reference_is_no_address() {
        let (_, files) = translated(
            Dialect::Draft4,
            json!({
                "id": "http://y.test/dir/",
                "allOf": [{ "id": "http://y.test/", "$ref": "a.json" }],
                "definitions": { "far": { "id": "/a.json" }, "near": { "id": "a.json", "type": "number" } },
            }),
        );
        let near = files["dir.json"]["definitions"]["near"]["$ref"].as_str().map(str::to_owned);
        assert_eq!(files["dir.json"]["allOf"][0]["$ref"].as_str().map(str::to_owned), near);
        assert_eq!(files[&near.unwrap_or_default()], json!({ "type": "number" }));
    }

    #[test]
    fn what_means_nothing_stays_as_it_is() {
        let (schema, _) = translated(Dialect::Draft202012, json!({ "$ref": "http://x.test/none.json#a" }));
        assert_eq!(schema, json!({ "$ref": "http://x.test/none.json#a" }));
    }
}
