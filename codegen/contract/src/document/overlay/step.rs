//! The path of a node in the tree of the entry file, as an owned list of steps.

use serde_json_path::{NormalizedPath, PathElement};

use crate::source::{Pointer, Step as PointerStep};

/// A step from a node of a tree to one of its entries or elements.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The step into an object: the name of an entry.
    Name(String),
    /// The step into an array: the index of an element.
    Index(usize),
}

/// The steps from the root of a tree to a node in it.
pub(super) type Path = Vec<Step>;

/// Returns the steps of a normalized path (RFC 9535, section 2.7).
pub(super) fn path(normalized: &NormalizedPath<'_>) -> Path {
    let step = |element: &PathElement<'_>| match element {
        PathElement::Name(name) => Step::Name((*name).to_owned()),
        PathElement::Index(index) => Step::Index(*index),
    };
    normalized.iter().map(step).collect()
}

/// Returns the JSON pointer (RFC 6901) of a path.
pub(super) fn pointer(path: &[Step]) -> String {
    let mut pointer = Pointer::default();
    for step in path {
        pointer.push(match step {
            Step::Name(name) => PointerStep::Name(name),
            Step::Index(index) => PointerStep::Index(*index),
        });
    }
    pointer.as_str().to_owned()
}
