//! The first stage: the files of a contract, read into one spanned tree each, references within reach.

pub mod located;
pub mod node;

mod bundle;
mod check;
mod grammar;
mod json;
mod load;
mod read;
mod reference;
mod resolve;
mod scalar;
mod upgrade_3_1;
mod write;
mod yaml;
mod yaml_syntax;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::source::{FileId, NodePath, Sources, Span};

pub use bundle::bundle;
pub use grammar::vocabulary;
pub use load::display_path;
pub use load::load;
pub use located::Located;
pub use node::{Key, Node, Object, Value};
pub use upgrade_3_1::upgrade_3_1;
pub use write::{to_json, to_yaml};

/// A contract as it was written: every file that a reference reaches.
#[derive(Debug, Clone)]
pub struct Document {
    /// The files.
    pub sources: Sources,
    /// The entry: the file that holds the `openapi` field.
    pub root: FileId,
    version: Version,
    trees: Vec<Arc<Node>>,
    /// The files that could not be read: references into them are not worth another word.
    broken: HashSet<FileId>,
    /// Where the paths of references lead, by the file that they stand in.
    links: HashMap<(FileId, String), Result<FileId, RefError>>,
    /// What bears an `$anchor`, by its name.
    anchors: HashMap<(FileId, String), Vec<resolve::Anchor>>,
}

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The folder that no reference may leave; the folder of the entry where it is not given.
    pub root: Option<PathBuf>,
    /// Whether every unknown field is an error, not only a misspelt one.
    pub strict: bool,
}

/// The OpenAPI version that a contract is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 3.0.x
    V30,
    /// 3.1.x
    V31,
    /// 3.2.x, read as 3.1.
    V32,
}

/// Why a reference leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefError {
    /// It names another origin, such as `https://`.
    Remote,
    /// Its file lies outside the folder that references may not leave.
    Outside,
    /// Its file could not be read.
    File(String),
    /// There is nothing at its fragment; with the closest that there is, as a whole reference.
    Dangling {
        /// What was probably meant.
        closest: Option<String>,
    },
    /// Several schemas of its file bear the name at its fragment.
    Ambiguous {
        /// Where they say so.
        anchors: Vec<Span>,
    },
    /// References lead in a circle without a value between.
    Cyclic,
}

impl fmt::Display for RefError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RefError::Remote => write!(formatter, "it is on another host"),
            RefError::Outside => write!(formatter, "it lies outside the folder of the contract"),
            RefError::File(why) => write!(formatter, "its file cannot be read: {why}"),
            RefError::Dangling { .. } => write!(formatter, "nothing is there"),
            RefError::Ambiguous { .. } => write!(formatter, "several schemas bear its name"),
            RefError::Cyclic => write!(formatter, "it leads in a circle"),
        }
    }
}

impl std::error::Error for RefError {}

impl Document {
    /// The tree of the entry.
    pub fn root_node(&self) -> &Node {
        self.file_node(self.root)
    }

    /// The tree of a file; null where the file could not be read.
    pub fn file_node(&self, file: FileId) -> &Node {
        &self.trees[file.0 as usize]
    }

    /// The trees, for what is read otherwise than it is written.
    fn trees_mut(&mut self) -> impl Iterator<Item = &mut Arc<Node>> {
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
