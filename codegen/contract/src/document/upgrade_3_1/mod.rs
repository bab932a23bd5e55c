//! The conversion of a contract from OpenAPI 3.0 to 3.1, as named passes over its objects.
//!
//! Input is a bundled tree of one file, as [`bundle`](fn@super::bundle) returns it; output is an equivalent
//! tree of OpenAPI 3.1.

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

/// A pass of the upgrade from OpenAPI 3.0 to 3.1: a function that changes the entries of one object.
///
/// It receives the object as written in the source, and its entries, whose values are already upgraded.
type Pass = fn(ObjectKind, &Object, &mut Entries);

/// The passes of the upgrade from OpenAPI 3.0 to 3.1 in order, each with its name.
const PASSES: &[(&str, Pass)] = &[
    ("nullable parts", nullable_parts::pass),
    ("version", version::pass),
    ("references", references::pass),
    ("bounds", bounds::pass),
    ("examples", examples::pass),
    ("binary", binary::pass),
    ("nullable", nullable::pass),
];

/// Converts a bundled contract to OpenAPI 3.1. A contract of 3.1 or later is returned unchanged.
///
/// Keywords of 3.1 and annotations beside a `$ref` in a contract of 3.0 are kept, since the generated code
/// honours them.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, bundle, load, to_json, upgrade_3_1};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let upgraded = upgrade_3_1(&bundle(&document), document.version()).to_json();
/// assert_eq!(upgraded["openapi"], "3.1.0");
/// let born_on = &upgraded["components"]["schemas"]["Pet"]["properties"]["bornOn"];
/// assert_eq!(born_on["type"], serde_json::json!(["string", "null"]));
/// # Ok::<(), &str>(())
/// ```
pub fn upgrade_3_1(bundle: &Node, version: Version) -> Node {
    match version {
        // Loading has upgraded a contract of Swagger 2.0 to OpenAPI 3.0.
        Version::V20 | Version::V30 => begin(&mut Upgrade, ObjectKind::Root, bundle),
        Version::V31 | Version::V32 => bundle.clone(),
    }
}

/// The walk that upgrades a contract from OpenAPI 3.0 to 3.1: first the values in an object, then the object itself.
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
