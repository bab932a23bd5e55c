//! The upgrade of references from OpenAPI 3.0 to 3.1: removes fields beside a `$ref` that 3.0 ignores but 3.1
//! would apply.

use super::entries::Entries;
use super::nullable::is_annotation;
use crate::document::grammar::ObjectKind;
use crate::document::node::Object;
use crate::document::version::Version;
use crate::document::walk::standing_reference;

/// Removes the fields beside a `$ref` that OpenAPI 3.0 ignores.
///
/// A path item may have fields beside its `$ref` in both versions. Annotations beside the `$ref` of a schema
/// are kept, since the generated code honours them.
pub(super) fn pass(kind: ObjectKind, written: &Object, entries: &mut Entries) {
    if standing_reference(kind, written, Version::V30).is_none_or(|standing| !standing.alone) {
        return;
    }
    let annotates = |name: &str| kind == ObjectKind::Schema && (is_annotation(name) || name == "nullable");
    drop(entries.split(|name| name == "$ref" || annotates(name)));
}
