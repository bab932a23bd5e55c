//! The trees of a contract's files, and where the references between the files lead.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::anchors::{Anchor, anchors};
use super::located::Located;
use super::node::Node;
use super::reference::RefError;
use super::version::Version;
use crate::source::{FileId, NodePath, Sources};

/// A contract as it was written: every file that a reference reaches.
#[derive(Debug, Clone)]
pub struct Document {
    /// The files.
    pub sources: Sources,
    /// The entry: the file that holds the `openapi` field.
    pub root: FileId,
    pub(super) version: Version,
    pub(super) trees: Vec<Arc<Node>>,
    /// The files that could not be read: references into them are not worth another word.
    pub(super) unreadable: HashSet<FileId>,
    /// Where the paths of references lead, by the file that they stand in.
    pub(super) links: HashMap<(FileId, String), Result<FileId, RefError>>,
    /// What bears an `$anchor`, by its name.
    pub(super) anchors: HashMap<(FileId, String), Vec<Anchor>>,
}

impl Document {
    /// Returns a document of one file, whose tree is still to be added.
    pub(super) fn new(sources: Sources, root: FileId, version: Version) -> Document {
        let (trees, unreadable) = (Vec::new(), HashSet::new());
        Document { sources, root, version, trees, unreadable, links: HashMap::new(), anchors: HashMap::new() }
    }

    /// Adds the tree of a file, in the order of the sources.
    pub(super) fn add_tree(&mut self, file: FileId, tree: Node) {
        let text = self.sources.text(file);
        if text.contains("$anchor") || text.contains("$dynamicAnchor") {
            for (name, anchor) in anchors(&tree) {
                self.anchors.entry((file, name)).or_default().push(anchor);
            }
        }
        self.trees.push(Arc::new(tree));
    }

    /// The tree of the entry.
    pub fn root_node(&self) -> &Node {
        self.file_node(self.root)
    }

    /// The tree of a file; null where the file could not be read.
    pub fn file_node(&self, file: FileId) -> &Node {
        &self.trees[file.0 as usize]
    }

    /// The trees, for what is read otherwise than it is written.
    pub(super) fn trees_mut(&mut self) -> impl Iterator<Item = &mut Arc<Node>> {
        self.trees.iter_mut()
    }

    /// The entry as a located node.
    pub fn root_located(&self) -> Located<'_> {
        Located { node: self.root_node(), path: NodePath::root(self.root) }
    }

    /// The version that the contract is written in.
    pub fn version(&self) -> Version {
        self.version
    }
}
