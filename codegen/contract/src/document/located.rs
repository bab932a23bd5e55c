//! A node together with its identity.

use super::node::Node;
use crate::source::NodePath;

/// A node and its identity.
#[derive(Debug, Clone)]
pub struct Located<'d> {
    /// The node.
    pub node: &'d Node,
    /// The place of the node.
    pub path: NodePath,
}

impl<'d> Located<'d> {
    /// An entry of this node.
    pub fn get(&self, name: &str) -> Option<Located<'d>> {
        let node = self.node.get(name)?;
        Some(Located { node, path: self.path.child(name) })
    }

    /// The entries of this node, empty if it is not an object.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Located<'d>)> + '_ {
        let entries = self.node.as_object().into_iter().flatten();
        entries.map(|(key, node)| {
            let located = Located { node, path: self.path.child(&key.name) };
            (key.name.as_str(), located)
        })
    }

    /// The elements of this node, empty if it is not an array.
    pub fn elements(&self) -> impl Iterator<Item = Located<'d>> + '_ {
        let elements = self.node.as_array().unwrap_or_default().iter().enumerate();
        elements.map(|(at, node)| Located { node, path: self.path.child(&at.to_string()) })
    }
}
