//! The discovery of a contract's files: follows every reference of a document and reads each file that one names.

use std::collections::{HashSet, VecDeque};

use super::loader::Loader;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object};
use crate::document::reference::{RefError, is_plain_name, parse};
use crate::document::version::Version;
use crate::document::walk::{Visited, Walk, begin, entries, standing_reference};
use crate::source::{FileId, Span};

/// A reference of a contract: the file that contains it, its text, and the kind of object that it must lead to.
type Reference = (FileId, String, ObjectKind);

/// A reference of a contract with its span.
type Located = (Span, String, ObjectKind);

/// The walk that collects the references of a document.
struct Collector {
    version: Version,
    /// The objects in which references were collected, by node address. Nodes do not move meanwhile.
    seen: HashSet<usize>,
    /// The references of the contract that were found so far, so that none is followed twice.
    found: HashSet<Reference>,
    /// The references of the contract that were found and are not followed yet.
    pending: VecDeque<Located>,
}

/// Reads every file of a contract that references reach, starting from the root of the entry file.
pub(super) fn follow(loader: &mut Loader<'_>) {
    let version = loader.document.version();
    let mut collector = Collector { version, seen: HashSet::new(), found: HashSet::new(), pending: VecDeque::new() };
    begin(&mut collector, ObjectKind::Root, loader.document.root_node());
    // The references to a file, or through one, that is not read yet.
    let mut deferred: VecDeque<Located> = VecDeque::new();
    let mut links = 0;
    loop {
        while let Some((span, text, kind)) = collector.pending.pop_front() {
            loader.link(span, &parse(&text).file);
            match loader.document.resolve(span.file, &text) {
                Ok(target) => begin(&mut collector, kind, target.node),
                Err(RefError::File(_) | RefError::Remote(_)) => deferred.push_back((span, text, kind)),
                Err(_) => {}
            }
        }
        let relinked = loader.relink();
        if deferred.is_empty() || (links == loader.document.links.len() && !relinked) {
            return;
        }
        links = loader.document.links.len();
        collector.pending = std::mem::take(&mut deferred);
    }
}

impl Collector {
    fn record(&mut self, span: Span, text: &str, kind: ObjectKind) {
        if self.found.insert((span.file, text.to_owned(), kind)) {
            self.pending.push_back((span, text.to_owned(), kind));
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
            self.record(standing.node.span, standing.text, kind);
            if standing.alone {
                return;
            }
        }
        entries(self, kind, object).for_each(drop);
    }

    fn schema_reference(&mut self, node: &'d Node, text: &'d str) {
        self.record(node.span, text, ObjectKind::Schema);
    }

    fn requirement(&mut self, _visited: Visited<'d>, object: &'d Object) {
        for (key, _) in object.iter().filter(|(key, _)| !is_plain_name(&key.name)) {
            self.record(key.span, &key.name, ObjectKind::SecurityScheme);
        }
    }
}
