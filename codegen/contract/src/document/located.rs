//! Located nodes: nodes of a document together with their file and JSON pointer.

use super::node::Node;
use crate::source::NodePath;

/// A node of a document together with its path: its file and its JSON pointer.
///
/// A relative reference resolves against the file that contains it, so code that follows references needs the path.
#[derive(Debug, Clone)]
pub struct Located<'d> {
    /// The located node, in the tree of its file.
    pub node: &'d Node,
    /// The file of the located node and the JSON pointer to it.
    pub path: NodePath,
}

impl<'d> Located<'d> {
    /// Returns the value of the entry `name` of the located node, together with its path.
    ///
    /// Returns `None` if the node is not an object or has no such entry.
    pub fn get(&self, name: &str) -> Option<Located<'d>> {
        let node = self.node.get(name)?;
        Some(Located { node, path: self.path.child(name) })
    }

    /// Iterates over the entries of the located node, each value with its path. A node that is not an object has none.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Located<'d>)> + '_ {
        let entries = self.node.as_object().into_iter().flatten();
        entries.map(|(key, node)| {
            let located = Located { node, path: self.path.child(&key.name) };
            (key.name.as_str(), located)
        })
    }

    /// Iterates over the elements of the located node, each with its path. A node that is not an array has none.
    pub fn elements(&self) -> impl Iterator<Item = Located<'d>> + '_ {
        let elements = self.node.as_array().unwrap_or_default().iter().enumerate();
        elements.map(|(at, node)| Located { node, path: self.path.child(&at.to_string()) })
    }
}
