//! The kinds of the objects in a Swagger 2.0 document, found along the grammar and through references.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object};
use crate::document::trees::Document;
use crate::document::version::Version;
use crate::document::walk::{Visited, Walk, begin, entries, standing_reference};
use crate::source::FileId;

/// A reference of the document: the file that contains it, its text, and the kind of object that it leads to.
type Reference = (FileId, String, ObjectKind);

/// The kind of each object of a document that the grammar or a reference reaches.
#[derive(Default)]
pub(super) struct Kinds {
    /// The kinds by node address. Nodes do not move during the upgrade.
    by_address: HashMap<usize, ObjectKind>,
    /// The references that were found, so that none is followed twice.
    found: HashSet<Reference>,
    /// The references that were found and not followed yet.
    pending: VecDeque<Reference>,
}

impl Kinds {
    /// Finds the kinds of all objects of a document, from the root of the entry file.
    pub(super) fn of(document: &Document) -> Kinds {
        let mut kinds = Kinds::default();
        begin(&mut kinds, ObjectKind::Root, document.root_node());
        while let Some((file, text, kind)) = kinds.pending.pop_front() {
            // A reference without a target was reported when the document was checked.
            if let Ok(target) = document.resolve(file, &text) {
                begin(&mut kinds, kind, target.node);
            }
        }
        kinds
    }

    /// Returns the kind of an object; `None` if nothing reaches it.
    pub(super) fn get(&self, node: &Node) -> Option<ObjectKind> {
        self.by_address.get(&std::ptr::from_ref(node).addr()).copied()
    }

    fn record(&mut self, node: &Node, text: &str, kind: ObjectKind) {
        let reference = (node.span.file, text.to_owned(), kind);
        if self.found.insert(reference.clone()) {
            self.pending.push_back(reference);
        }
    }
}

impl<'d> Walk<'d> for Kinds {
    type Outcome = ();

    fn version(&self) -> Version {
        Version::V20
    }

    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) {
        let address = std::ptr::from_ref(visited.node).addr();
        if self.by_address.contains_key(&address) {
            return;
        }
        self.by_address.insert(address, kind);
        if let Some(standing) = standing_reference(kind, object, Version::V20) {
            self.record(standing.node, standing.text, kind);
            if standing.alone {
                return;
            }
        }
        entries(self, kind, object).for_each(drop);
    }

    fn schema_reference(&mut self, node: &'d Node, text: &'d str) {
        self.record(node, text, ObjectKind::Schema);
    }
}
