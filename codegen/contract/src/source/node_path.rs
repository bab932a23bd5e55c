//! The identity of a document node: its file and the JSON pointer to it (RFC 6901).

use std::fmt;

use super::file_id::FileId;
use super::pointer::{push_name, unescape};

/// The identity of a document node: the file that contains it and the JSON pointer to it (RFC 6901).
///
/// Two paths are equal exactly if they identify one node. A path is displayed as a URI fragment (RFC 6901,
/// section 6) without percent encoding.
///
/// ```
/// use writ_contract::source::{FileId, NodePath};
///
/// let path = NodePath::root(FileId::ENTRY).child("paths").child("/users/{id}").child("get");
/// assert_eq!(path.to_string(), "#/paths/~1users~1{id}/get");
/// assert_eq!(path.name().as_deref(), Some("get"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodePath {
    /// The file that contains the node.
    pub file: FileId,
    /// The JSON pointer to the node within its file; `""` for the root of the file.
    pub pointer: String,
}

impl NodePath {
    /// Returns the path of the root node of a source file.
    pub fn root(file: FileId) -> NodePath {
        NodePath { file, pointer: String::new() }
    }

    /// Returns the path of an entry or element of the node that this path identifies.
    ///
    /// The characters `~` and `/` in the name are escaped as `~0` and `~1`.
    #[must_use]
    pub fn child(&self, name: &str) -> NodePath {
        let mut pointer = String::with_capacity(self.pointer.len() + name.len() + 1);
        pointer.push_str(&self.pointer);
        push_name(&mut pointer, name);
        NodePath { file: self.file, pointer }
    }

    /// Returns the last step of the JSON pointer, unescaped: for a component, its name.
    ///
    /// Returns `None` for the root of a file.
    pub fn name(&self) -> Option<String> {
        self.pointer.rsplit_once('/').map(|(_, step)| unescape(step))
    }
}

impl fmt::Display for NodePath {
    /// Writes the JSON pointer as a URI fragment, such as `#/paths/~1v1~1users/get`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.pointer)
    }
}
