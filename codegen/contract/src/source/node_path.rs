//! The identity of a node: its file and the JSON pointer to it (RFC 6901).

use std::fmt;

use super::file_id::FileId;
use super::pointer::{push_name, unescape};

/// The identity of a node: two nodes are the same exactly if their paths are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodePath {
    /// The file.
    pub file: FileId,
    /// The JSON pointer within it, `""` for the whole file.
    pub pointer: String,
}

impl NodePath {
    /// Returns the path of a whole file.
    pub fn root(file: FileId) -> NodePath {
        NodePath { file, pointer: String::new() }
    }

    /// Returns the path of an entry or element of this node; `~` and `/` of its name are escaped.
    #[must_use]
    pub fn child(&self, name: &str) -> NodePath {
        let mut pointer = String::with_capacity(self.pointer.len() + name.len() + 1);
        pointer.push_str(&self.pointer);
        push_name(&mut pointer, name);
        NodePath { file: self.file, pointer }
    }

    /// Returns the last step of the pointer, unescaped: usually the name of a component.
    pub fn name(&self) -> Option<String> {
        self.pointer.rsplit_once('/').map(|(_, step)| unescape(step))
    }
}

impl fmt::Display for NodePath {
    /// The pointer as a fragment: `#/paths/~1v1~1users/get`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.pointer)
    }
}
