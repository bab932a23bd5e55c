//! The targets of references in a schema, as its draft defines them: addresses (`id`, `$id`) resolved by
//! RFC 3986, names (`id: "#name"`, `$anchor`), and other documents.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use referencing::Uri;
use referencing::uri::resolve_against;
use serde_json::Value as Json;

use crate::subschemas;
use crate::suite::Dialect;

/// A function that returns the document at an address, `None` if it does not exist.
pub type Fetch<'f> = &'f dyn Fn(&str) -> Option<Json>;

/// The location of a schema in the documents that references reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The index of the document; the first is the schema itself.
    pub document: usize,
    /// The steps to the schema in its document.
    pub steps: Vec<String>,
}

/// The documents that references reach, with the addresses and names in them.
pub struct Addresses<'f> {
    dialect: Dialect,
    fetch: Fetch<'f>,
    documents: Vec<Json>,
    /// The addresses of document roots and of schemas with their own address.
    bases: BTreeMap<Location, Uri<String>>,
    /// The locations by address. A document may have two addresses: the one it was read from, and the declared one.
    resources: BTreeMap<String, Location>,
    /// The locations of named schemas, by the schema with an address that contains them and by name.
    names: BTreeMap<(Location, String), Location>,
}

impl Location {
    /// Returns the location of a document's root.
    pub fn root(document: usize) -> Location {
        Location { document, steps: Vec::new() }
    }

    /// Returns the location that is some steps below this one.
    pub fn within(&self, steps: &[String]) -> Location {
        Location { document: self.document, steps: [&self.steps, steps].concat() }
    }
}

impl<'f> Addresses<'f> {
    /// Reads a schema. It has no address unless it declares one.
    pub fn of(dialect: Dialect, schema: Json, fetch: Fetch<'f>) -> Addresses<'f> {
        let mut addresses = Addresses {
            dialect,
            fetch,
            documents: Vec::new(),
            bases: BTreeMap::new(),
            resources: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        let nowhere = Uri::parse("nowhere:///schema".to_owned()).expect("an address");
        addresses.read(schema, nowhere);
        addresses
    }

    /// Returns true if the schema and its subschemas have no addresses and no names.
    pub fn is_plain(&self) -> bool {
        let first = |location: &&Location| location.document == 0;
        let root = self.bases.get(&Location::root(0)).is_some_and(|base| base.as_str().starts_with("nowhere:"));
        root && self.bases.keys().filter(first).count() == 1 && !self.names.keys().any(|(root, _)| root.document == 0)
    }

    /// Returns the schema at a location.
    pub fn schema(&self, location: &Location) -> Option<&Json> {
        subschemas::at(self.documents.get(location.document)?, &location.steps)
    }

    /// Returns the address of a schema that has one.
    pub fn base(&self, root: &Location) -> &str {
        self.bases[root].as_str()
    }

    /// Returns true if a schema has its own address.
    pub fn is_root(&self, location: &Location) -> bool {
        self.bases.contains_key(location)
    }

    /// Returns the innermost schema with an address that contains a location, and the steps from there.
    pub fn root_of(&self, location: &Location) -> (Location, Vec<String>) {
        let cut = (0..=location.steps.len()).rev().find(|cut| {
            self.is_root(&Location { document: location.document, steps: location.steps[..*cut].to_vec() })
        });
        let (before, after) = location.steps.split_at(cut.unwrap_or_default());
        (Location { document: location.document, steps: before.to_vec() }, after.to_vec())
    }

    /// Returns the target of a reference in the schema of `root`.
    pub fn resolve(&mut self, root: &Location, reference: &str) -> Option<Location> {
        let target = resolve_against(&self.bases[root].borrow(), reference).ok()?;
        let (address, fragment) = target.as_str().split_once('#').unwrap_or((target.as_str(), ""));
        if !self.resources.contains_key(address) {
            let found = (self.fetch)(address)?;
            self.read(found, Uri::parse(address.to_owned()).ok()?);
        }
        let resource = self.resources.get(address)?.clone();
        let fragment = percent_decode_str(fragment).decode_utf8().ok()?;
        let location = match fragment.strip_prefix('/') {
            _ if fragment.is_empty() => resource,
            Some(pointer) => {
                let steps = pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
                resource.within(&steps.collect::<Vec<String>>())
            }
            None => self.names.get(&(resource, fragment.into_owned()))?.clone(),
        };
        self.schema(&location).is_some().then_some(location)
    }

    /// Adds a document with its address.
    fn read(&mut self, document: Json, address: Uri<String>) {
        let root = Location::root(self.documents.len());
        self.documents.push(document.clone());
        self.resources.insert(address.as_str().to_owned(), root.clone());
        self.bases.insert(root.clone(), address);
        self.collect(&document, root.clone(), root);
    }

    /// Collects the addresses and names of a schema and its subschemas.
    fn collect(&mut self, schema: &Json, location: Location, mut root: Location) {
        let draft4 = self.dialect == Dialect::Draft4;
        if draft4 && schema["$ref"].is_string() {
            return;
        }
        let mut names: Vec<&str> =
            ["$anchor", "$dynamicAnchor"].iter().filter_map(|key| schema[*key].as_str()).collect();
        match schema[self.dialect.address()].as_str() {
            Some(name) if draft4 && name.starts_with('#') => names = vec![&name[1..]],
            Some(address) => {
                if let Ok(address) = resolve_against(&self.bases[&root].borrow(), address.trim_end_matches('#')) {
                    self.resources.insert(address.as_str().to_owned(), location.clone());
                    self.bases.insert(location.clone(), address);
                    root = location.clone();
                }
            }
            None => {}
        }
        for name in names {
            self.names.insert((root.clone(), name.to_owned()), location.clone());
        }
        for steps in subschemas::steps(schema) {
            if let Some(inner) = subschemas::at(schema, &steps) {
                self.collect(inner, location.within(&steps), root.clone());
            }
        }
    }
}
