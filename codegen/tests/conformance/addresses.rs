//! What the references of a schema mean by its draft: addresses (`id`, `$id`), resolved by RFC 3986,
//! location-independent names (`id: "#name"`, `$anchor`), and documents that are elsewhere.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use referencing::Uri;
use referencing::uri::resolve_against;
use serde_json::Value as Json;

use crate::subschemas;
use crate::suite::Dialect;

/// The document at an address, where there is one.
pub type Fetch<'f> = &'f dyn Fn(&str) -> Option<Json>;

/// Where a schema stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The document: the first is the schema itself.
    pub document: usize,
    /// The steps to it.
    pub steps: Vec<String>,
}

/// The documents that references reach, and the names of what stands in them.
pub struct Addresses<'f> {
    dialect: Dialect,
    fetch: Fetch<'f>,
    documents: Vec<Json>,
    /// The roots of documents and the schemas with addresses of their own, with these.
    bases: BTreeMap<Spot, Uri<String>>,
    /// The same by address. A document may have two: where it was found, and what it says itself.
    resources: BTreeMap<String, Spot>,
    /// What has a name, by the root that the name holds under.
    names: BTreeMap<(Spot, String), Spot>,
}

impl Spot {
    /// The root of a document.
    pub fn root(document: usize) -> Spot {
        Spot { document, steps: Vec::new() }
    }

    /// What stands some steps further in.
    pub fn within(&self, steps: &[String]) -> Spot {
        Spot { document: self.document, steps: [&self.steps, steps].concat() }
    }
}

impl<'f> Addresses<'f> {
    /// Reads a schema that was found nowhere: where it does not say an address, it has none.
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

    /// Whether the schema itself has an address or names, or anything within it has.
    pub fn is_plain(&self) -> bool {
        let first = |spot: &&Spot| spot.document == 0;
        let root = self.bases.get(&Spot::root(0)).is_some_and(|base| base.as_str().starts_with("nowhere:"));
        root && self.bases.keys().filter(first).count() == 1 && !self.names.keys().any(|(root, _)| root.document == 0)
    }

    /// What stands somewhere.
    pub fn schema(&self, spot: &Spot) -> Option<&Json> {
        subschemas::at(self.documents.get(spot.document)?, &spot.steps)
    }

    /// The address of a root.
    pub fn base(&self, root: &Spot) -> &str {
        self.bases[root].as_str()
    }

    /// Whether a schema has an address of its own.
    pub fn is_root(&self, spot: &Spot) -> bool {
        self.bases.contains_key(spot)
    }

    /// The nearest schema with an address around one, and the steps from there.
    pub fn root_of(&self, spot: &Spot) -> (Spot, Vec<String>) {
        let cut = (0..=spot.steps.len())
            .rev()
            .find(|cut| self.is_root(&Spot { document: spot.document, steps: spot.steps[..*cut].to_vec() }));
        let (before, after) = spot.steps.split_at(cut.unwrap_or_default());
        (Spot { document: spot.document, steps: before.to_vec() }, after.to_vec())
    }

    /// What a reference means that stands below a root.
    pub fn resolve(&mut self, root: &Spot, reference: &str) -> Option<Spot> {
        let whole = resolve_against(&self.bases[root].borrow(), reference).ok()?;
        let (address, fragment) = whole.as_str().split_once('#').unwrap_or((whole.as_str(), ""));
        if !self.resources.contains_key(address) {
            let found = (self.fetch)(address)?;
            self.read(found, Uri::parse(address.to_owned()).ok()?);
        }
        let resource = self.resources.get(address)?.clone();
        let fragment = percent_decode_str(fragment).decode_utf8().ok()?;
        let spot = match fragment.strip_prefix('/') {
            _ if fragment.is_empty() => resource,
            Some(pointer) => {
                let steps = pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
                resource.within(&steps.collect::<Vec<String>>())
            }
            None => self.names.get(&(resource, fragment.into_owned()))?.clone(),
        };
        self.schema(&spot).is_some().then_some(spot)
    }

    /// Takes in a document that was found at an address.
    fn read(&mut self, document: Json, address: Uri<String>) {
        let root = Spot::root(self.documents.len());
        self.documents.push(document.clone());
        self.resources.insert(address.as_str().to_owned(), root.clone());
        self.bases.insert(root.clone(), address);
        self.collect(&document, root.clone(), root);
    }

    /// Notes the address and the names of a schema and of those within it.
    fn collect(&mut self, schema: &Json, spot: Spot, mut root: Spot) {
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
                    self.resources.insert(address.as_str().to_owned(), spot.clone());
                    self.bases.insert(spot.clone(), address);
                    root = spot.clone();
                }
            }
            None => {}
        }
        for name in names {
            self.names.insert((root.clone(), name.to_owned()), spot.clone());
        }
        for steps in subschemas::steps(schema) {
            if let Some(held) = subschemas::at(schema, &steps) {
                self.collect(held, spot.within(&steps), root.clone());
            }
        }
    }
}
