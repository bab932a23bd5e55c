//! The upgrade of exclusive bounds from OpenAPI 3.0 to 3.1: `minimum: 0` with `exclusiveMinimum: true` becomes
//! `exclusiveMinimum: 0`.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object};

pub(super) fn pass(kind: ObjectKind, _written: &Object, entries: &mut Entries) {
    if kind != ObjectKind::Schema {
        return;
    }
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        // A numeric bound is in the form of 3.1 already.
        let Some(truth) = entries.get(exclusive).and_then(Node::as_bool) else { continue };
        entries.take(exclusive);
        if truth && let Some(number) = entries.get(bound).cloned() {
            entries.replace(bound, exclusive, number.value);
        }
    }
}
