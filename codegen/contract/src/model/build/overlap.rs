//! The check of `anyOf` with objects: a value that matches several branches is read as one of them.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::model::SchemaId;
use crate::model::schema::{Additional, Kind, ObjectShape, Schemas, UnionShape};

use super::builder::Builder;

/// The largest number of branches of a union that are compared with each other.
const MOST_BRANCHES: usize = 40;

/// The largest number of property names that a diagnostic lists.
const MOST_NAMES: usize = 5;

impl Builder<'_, '_> {
    /// Reports the unions by `anyOf` of which no branch keeps all properties of a value that matches several branches.
    pub(super) fn check_overlaps(&mut self) {
        let unions: Vec<(SchemaId, Vec<String>)> = self
            .schemas
            .ids()
            .filter_map(|id| match &self.schemas.get(id).kind {
                Kind::Union(union) => Some((id, lost(&self.schemas, union)?)),
                _ => None,
            })
            .collect();
        let mut seen = HashSet::new();
        for (id, names) in unions {
            let span = self.document.sources.first_line(self.schemas.get(id).span);
            if !seen.insert(span) {
                continue;
            }
            let shown: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
            let more = if names.len() > MOST_NAMES { ", …" } else { "" };
            self.report(
                Diagnostic::info("any-of-overlap", span, "a value can match several of these variants at once")
                    .label("read as the variant that keeps most of its properties")
                    .note(format!("the others can be lost: {}{more}", shown.join(", ")))
                    .help("use `oneOf` for alternatives, or `allOf` with optional properties to keep all of them"),
            );
        }
    }
}

/// Returns the properties that a value can lose if it matches two branches of a union; `None` if it can lose none.
fn lost(schemas: &Schemas, union: &UnionShape) -> Option<Vec<String>> {
    if union.exactly_one || union.discriminator.is_some() {
        return None;
    }
    // A branch that keeps or rejects other properties loses none.
    let open: Vec<&ObjectShape> = union
        .branches
        .iter()
        .filter_map(|branch| match schemas.kind(*branch) {
            Kind::Object(object) if object.additional == Additional::Ignored => Some(object),
            _ => None,
        })
        .take(MOST_BRANCHES)
        .collect();
    let mut names: Vec<String> = Vec::new();
    for (at, one) in open.iter().enumerate() {
        for other in &open[at + 1..] {
            let (first, second) = (beyond(one, other), beyond(other, one));
            if !first.is_empty() && !second.is_empty() && !excludes(schemas, one, other) {
                names.extend(first.into_iter().chain(second).map(str::to_owned));
            }
        }
    }
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    (!names.is_empty()).then_some(names)
}

/// Returns the names of the properties that one object schema declares and another does not.
fn beyond<'s>(one: &'s ObjectShape, other: &ObjectShape) -> Vec<&'s str> {
    let known: HashSet<&str> = other.properties.iter().map(|property| property.name.as_str()).collect();
    one.properties.iter().map(|property| property.name.as_str()).filter(|name| !known.contains(name)).collect()
}

/// Returns true if no value matches two object schemas, since they allow different constants of a required property.
fn excludes(schemas: &Schemas, one: &ObjectShape, other: &ObjectShape) -> bool {
    let constants = |property| match schemas.kind(property) {
        Kind::Strings(names) if !names.open => Some(&names.values),
        _ => None,
    };
    one.properties.iter().filter(|property| property.required).any(|property| {
        let twin = other.properties.iter().find(|twin| twin.name == property.name && twin.required);
        let (mine, theirs) = (constants(property.schema), twin.and_then(|twin| constants(twin.schema)));
        matches!((mine, theirs), (Some(mine), Some(theirs)) if !mine.iter().any(|value| theirs.contains(value)))
    })
}
