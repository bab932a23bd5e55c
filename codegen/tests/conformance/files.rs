//! The translation of a schema of the suite into a contract.
//!
//! A contract has no keyword `id` and no documents on other hosts, but it can have several files that refer
//! to each other. So each schema with its own address becomes a file, and each reference to it becomes the
//! path of the file and a JSON pointer.
//!
//! Only addresses are translated. `id` and `$id` are removed, since they only declare the address of a schema.
//! References by address, or by a name in another document, become references by path. `$schema` is removed,
//! since the version of the contract implies it. References within a file, including those to an `$anchor`,
//! and references without a target are passed to the generator unchanged.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value as Json, json};

use crate::addresses::{Addresses, Fetch, Location};
use crate::subschemas;
use crate::suite::Dialect;

/// The characters that must be encoded in the fragment of a reference.
const FRAGMENT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`');

/// A translated schema and its additional files.
pub struct Translated {
    /// The schema for the pointer that was passed to [`translate`].
    pub schema: Json,
    /// The contents of the files by name, all in one folder.
    pub files: BTreeMap<String, Json>,
}

/// The state of translating a schema of the suite.
struct Translation<'f> {
    dialect: Dialect,
    addresses: Addresses<'f>,
    /// The file name of each schema that becomes a file.
    names: BTreeMap<Location, String>,
    /// The schemas whose files are not written yet.
    open: Vec<Location>,
    /// The pointer of the schema in the contract.
    pointer: &'f str,
    folder: &'f str,
    /// The path from the contract to the folder of the files.
    /// True if the schema is in the contract itself, false if it is in a file.
    inline: bool,
}

/// Translates a schema for a pointer of the contract; its files are for a folder.
pub fn translate(dialect: Dialect, schema: &Json, pointer: &str, folder: &str, fetch: Fetch<'_>) -> Translated {
    let addresses = Addresses::of(dialect, schema.clone(), fetch);
    let inline = addresses.is_plain();
    let (names, open) = (BTreeMap::new(), Vec::new());
    let mut translation = Translation { dialect, addresses, names, open, pointer, folder, inline };
    let root = Location::root(0);
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
    /// Rewrites a schema for its file. Subschemas with their own addresses become references to other files.
    fn rewrite(&mut self, schema: &Json, location: &Location, root: &Location) -> Json {
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
            let inner = location.within(&steps);
            let new = match subschemas::at(schema, &steps) {
                Some(_) if self.addresses.is_root(&inner) => json!({ "$ref": self.path(root, &inner) }),
                Some(schema) => self.rewrite(schema, &inner, root),
                None => continue,
            };
            if let Some(subschema) = subschemas::at_mut(&mut written, &steps) {
                *subschema = new;
            }
        }
        written
    }

    /// Rewrites a reference in the schema of `root` to a path and a pointer.
    fn reference(&mut self, root: &Location, reference: &str) -> String {
        let Some(location) = self.addresses.resolve(root, reference) else { return reference.to_owned() };
        let (target, steps) = self.addresses.root_of(&location);
        let local = reference.strip_prefix('#').filter(|_| target == *root);
        let prefix = if self.inline && target == Location::root(0) { self.pointer } else { "" };
        match local {
            // Names of draft 4 have no counterpart in a contract.
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

    /// Returns the path to the file of a schema from the file of another schema.
    fn path(&mut self, from: &Location, to: &Location) -> String {
        let file = self.file(to);
        match self.inline && *from == Location::root(0) {
            true => format!("{}/{file}", self.folder),
            false => file,
        }
    }

    /// Returns the file name of a schema, which is the last segment of its address.
    fn file(&mut self, root: &Location) -> String {
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
    fn a_document_on_another_host_and_its_references_become_files() {
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
    fn a_schema_with_an_address_becomes_a_file_and_pointers_through_it_are_rewritten() {
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
    fn an_anchor_is_kept_within_a_file_and_becomes_a_pointer_otherwise() {
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
    fn an_id_beside_a_reference_is_ignored_in_draft_4() {
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
    fn a_reference_without_a_target_is_unchanged() {
        let (schema, _) = translated(Dialect::Draft202012, json!({ "$ref": "http://x.test/none.json#a" }));
        assert_eq!(schema, json!({ "$ref": "http://x.test/none.json#a" }));
    }
}
