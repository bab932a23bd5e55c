//! A contract of OpenAPI 3.0 as one of 3.1 that says the same, in named passes over its objects.

mod binary;
mod bounds;
mod entries;
mod examples;
mod nullable;
mod nullable_parts;
mod references;
#[cfg(test)]
mod tests;
mod version;

use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object};
use crate::document::version::Version;
use crate::document::walk::{self, Visited, Walk, begin};
use entries::Entries;

/// A change to an object of a kind: as it was written, and as it is once everything within it is upgraded.
type Pass = fn(ObjectKind, &Object, &mut Entries);

/// The passes, in their order.
const PASSES: &[(&str, Pass)] = &[
    ("nullable parts", nullable_parts::pass),
    ("version", version::pass),
    ("references", references::pass),
    ("bounds", bounds::pass),
    ("examples", examples::pass),
    ("binary", binary::pass),
    ("nullable", nullable::pass),
];

/// Returns the contract as OpenAPI 3.1; one of 3.1 or later is returned as it is.
///
/// The result means what the generated code does: where a contract of 3.0 uses keywords of 3.1, or
/// annotates a reference, the code honours them, and they stay.
pub fn upgrade_3_1(bundle: &Node, version: Version) -> Node {
    match version {
        Version::V30 => begin(&mut Upgrade, ObjectKind::Root, bundle),
        Version::V31 | Version::V32 => bundle.clone(),
    }
}

/// The walk that upgrades: every object once everything within it is upgraded.
struct Upgrade;

impl<'d> Walk<'d> for Upgrade {
    type Outcome = Node;

    fn version(&self) -> Version {
        Version::V30
    }

    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) -> Node {
        let upgraded = walk::entries(self, kind, object).map(|(key, node)| (key.clone(), node));
        let mut entries = Entries::new(visited.node.span, upgraded.collect());
        for (_, pass) in PASSES {
            pass(kind, object, &mut entries);
        }
        entries.into_node()
    }
}
