//! The discovery of a contract's files: follows every reference of a document and reads each file that one names.

use std::collections::{HashSet, VecDeque};

use super::loader::Loader;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object};
use crate::document::reference::{RefError, is_plain_name, parse};
use crate::document::version::Version;
use crate::document::walk::{Visited, Walk, begin, entries, standing_reference};
use crate::source::FileId;

/// A reference of a contract: the file that contains it, its text, and the kind of object that it must lead to.
type Reference = (FileId, String, ObjectKind);

/// The walk that collects the references of a document.
struct Collector {
    version: Version,
    /// The objects in which references were collected, by node address. Nodes do not move meanwhile.
    seen: HashSet<usize>,
    /// The references of the contract that were found so far, so that none is followed twice.
    found: HashSet<Reference>,
    /// The references of the contract that were found and are not followed yet.
    pending: VecDeque<Reference>,
}

/// Reads every file of a contract that references reach, starting from the root of the entry file.
pub(super) fn follow(loader: &mut Loader<'_>) {
    let version = loader.document.version();
    let mut collector = Collector { version, seen: HashSet::new(), found: HashSet::new(), pending: VecDeque::new() };
    begin(&mut collector, ObjectKind::Root, loader.document.root_node());
    // The references that pass through a file that is not read yet.
    let mut deferred: VecDeque<Reference> = VecDeque::new();
    let mut links = 0;
    loop {
        while let Some((file, text, kind)) = collector.pending.pop_front() {
            loader.link(loader.document.base(file), &parse(&text).file);
            match loader.document.resolve(file, &text) {
                Ok(target) => begin(&mut collector, kind, target.node),
                Err(RefError::File(_)) => deferred.push_back((file, text, kind)),
                Err(_) => {}
            }
        }
        if deferred.is_empty() || links == loader.document.links.len() {
            return;
        }
        links = loader.document.links.len();
        collector.pending = std::mem::take(&mut deferred);
    }
}

impl Collector {
    fn record(&mut self, file: FileId, text: &str, kind: ObjectKind) {
        let reference = (file, text.to_owned(), kind);
        if self.found.insert(reference.clone()) {
            self.pending.push_back(reference);
        }
    }
}

impl<'d> Walk<'d> for Collector {
    type Outcome = ();

    fn version(&self) -> Version {
        self.version
    }

    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) {
        if !self.seen.insert(std::ptr::from_ref(visited.node).addr()) {
            return;
        }
        if let Some(standing) = standing_reference(kind, object, self.version) {
            self.record(standing.node.span.file, standing.text, kind);
            if standing.alone {
                return;
            }
        }
        entries(self, kind, object).for_each(drop);
    }

    fn schema_reference(&mut self, node: &'d Node, text: &'d str) {
        self.record(node.span.file, text, ObjectKind::Schema);
    }

    fn requirement(&mut self, _visited: Visited<'d>, object: &'d Object) {
        for (key, _) in object.iter().filter(|(key, _)| !is_plain_name(&key.name)) {
            self.record(key.span.file, &key.name, ObjectKind::SecurityScheme);
        }
    }
}
