//! The trees of a contract's files, and the targets of the references between the files.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::anchors::{Anchor, anchors};
use super::located::Located;
use super::node::Node;
use super::overlay::Traces;
use super::parse::empty_tree;
use super::reference::RefError;
use super::version::Version;
use crate::source::{FileId, NodePath, Sources};

/// A contract as it is written: the tree of the entry and of every file that references reach.
///
/// [`load`](super::load()) creates a document; [`model::resolve`](crate::model::resolve) builds the model
/// from it.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let pet = document.resolve(document.root, "#/components/schemas/Pet")?;
/// assert_eq!(pet.path.to_string(), "#/components/schemas/Pet");
/// assert_eq!(document.sources.location(pet.node.span), (29, 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Document {
    /// The text of all files of the contract.
    pub sources: Sources,
    /// The identifier of the entry file, which contains the `openapi` field.
    pub root: FileId,
    /// The version of OpenAPI that the entry file declares.
    pub(super) version: Version,
    /// The tree of each file of the contract, by the index of the file.
    pub(super) trees: Vec<Arc<Node>>,
    /// The files of the contract that could not be read. Each is reported once, so references into it are not reported.
    pub(super) unreadable: HashSet<FileId>,
    /// The file that a path in a reference leads to, by the path and the file that contains the reference.
    pub(super) links: HashMap<(FileId, String), Result<FileId, RefError>>,
    /// The schemas with an anchor, by their file and the name of the anchor.
    pub(super) anchors: HashMap<(FileId, String), Vec<Anchor>>,
    /// The traces of the overlays that changed the tree of the entry file.
    pub(super) overlaid: Traces,
}

impl Document {
    /// Creates a document without trees; the tree of the entry file is added next.
    pub(super) fn new(sources: Sources, root: FileId, version: Version) -> Document {
        let (trees, unreadable) = (Vec::new(), HashSet::new());
        let (links, anchors, overlaid) = (HashMap::new(), HashMap::new(), Traces::default());
        Document { sources, root, version, trees, unreadable, links, anchors, overlaid }
    }

    /// Adds the tree of the entry file, to which overlays may have been applied.
    ///
    /// The files of overlays have empty trees, since their nodes are in the tree of the entry file.
    pub(super) fn add_entry(&mut self, tree: Node, overlaid: Traces) {
        self.overlaid = overlaid;
        self.add_tree(self.root, tree);
        self.trees.resize(self.sources.len(), Arc::new(empty_tree(self.root)));
    }

    /// Returns the file from which the references of a node start: that of the node's span, or the entry file for a
    /// node that an overlay added.
    pub(super) fn base(&self, file: FileId) -> FileId {
        if self.overlaid.files.contains(&file) { self.root } else { file }
    }

    /// Returns true if the contract has no other file than its entry.
    pub(super) fn is_one_file(&self) -> bool {
        self.sources.len() == 1 + self.overlaid.files.len()
    }

    /// Adds the tree of a file to the document. Trees are added in the order in which the files were read.
    pub(super) fn add_tree(&mut self, file: FileId, tree: Node) {
        let text = self.sources.text(file);
        let is_overlaid = file == self.root && !self.overlaid.files.is_empty();
        if is_overlaid || text.contains("$anchor") || text.contains("$dynamicAnchor") {
            for (name, anchor) in anchors(&tree) {
                self.anchors.entry((file, name)).or_default().push(anchor);
            }
        }
        self.trees.push(Arc::new(tree));
    }

    /// Returns the tree of the entry file.
    pub fn root_node(&self) -> &Node {
        self.file_node(self.root)
    }

    /// Returns the tree of a file; null if the file could not be read.
    pub fn file_node(&self, file: FileId) -> &Node {
        &self.trees[file.0 as usize]
    }

    /// Iterates over the trees of all files, for passes that change them.
    pub(super) fn trees_mut(&mut self) -> impl Iterator<Item = &mut Arc<Node>> {
        self.trees.iter_mut()
    }

    /// Returns the root node of the entry file with its path.
    pub fn root_located(&self) -> Located<'_> {
        Located { node: self.root_node(), path: NodePath::root(self.root) }
    }

    /// Returns the version of OpenAPI that the contract is written in.
    pub fn version(&self) -> Version {
        self.version
    }
}
