//! The values of discriminators: the names of branches that no `mapping` names, also those of unions within unions.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::SchemaId;
use crate::model::schema::{Discriminator, Kind, Schemas, UnionShape};
use crate::source::Span;

use super::builder::Builder;

/// The deepest nesting of unions whose discriminator values a surrounding union accepts.
const DEEPEST: usize = 64;

/// The largest number of discriminator values that a union takes over from the unions within it.
const MOST_NESTED: usize = 10_000;

/// A union whose discriminator has the values of its `mapping` so far.
pub(super) struct Discriminated {
    /// The union schema with the discriminator.
    pub union: SchemaId,
    /// The span of the discriminator.
    pub at: Span,
    /// The name of each branch of the union; `None` for an inline branch.
    pub names: Vec<Option<String>>,
    /// True if the discriminator is declared by a parent schema of the union, which may have a different purpose.
    pub inherited: bool,
}

/// A value of a discriminator, with the index of the branch that it selects.
type Tag = (String, usize);

impl<'d> Builder<'d, '_> {
    /// Completes the discriminators of all unions. A branch without a `mapping` has the name of its schema as value
    /// (OpenAPI 3.0.3, section 4.7.25), or the values of its own discriminator of the same property.
    pub(super) fn settle_tags(&mut self) {
        let discriminated = std::mem::take(&mut self.discriminated);
        let index = discriminated.iter().enumerate().map(|(at, one)| (one.union, at)).collect();
        let mut tags = Tags { schemas: &self.schemas, discriminated: &discriminated, index, found: HashMap::new() };
        (0..discriminated.len()).for_each(|at| tags.find(at, 0));
        let mut found = tags.found;
        for (at, one) in discriminated.iter().enumerate() {
            let complete = found.remove(&at).flatten();
            if complete.is_none() && !one.inherited {
                self.report(
                    Diagnostic::warning(
                        "discriminator-inline",
                        one.at,
                        "a discriminator cannot select an inline schema, since it has no name",
                    )
                    .label("ignored: the variants are tried in order")
                    .help("move each inline variant to `components/schemas`, and refer to it"),
                );
            }
            let Kind::Union(union) = &mut self.schemas.get_mut(one.union).kind else { continue };
            match (complete, &mut union.discriminator) {
                (Some(mapping), Some(discriminator)) => discriminator.mapping = mapping,
                _ => union.discriminator = None,
            }
        }
    }

    /// Returns the name by which a discriminator selects a branch of a union: that of the schema which the branch
    /// refers to. Returns `None` for an inline branch.
    pub(super) fn name_of_branch(&mut self, branch: &'d Node) -> Option<String> {
        let mut node = branch;
        for _ in 0..DEEPEST {
            if let Some(name) = self.names.get(&node.span) {
                return Some(name.clone());
            }
            node = match self.follow_while(node, |_| false).filter(|next| next.span != node.span) {
                Some(next) => next,
                None => self.annotated_reference(node)?,
            };
        }
        None
    }
}

/// The search for the values of discriminators, which unions take over from the unions within them.
struct Tags<'s> {
    schemas: &'s Schemas,
    discriminated: &'s [Discriminated],
    index: HashMap<SchemaId, usize>,
    /// The values of each discriminator that was searched; `None` while the search runs, and for a discriminator that
    /// cannot select every branch.
    found: HashMap<usize, Option<Vec<Tag>>>,
}

impl<'s> Tags<'s> {
    /// Finds the values of a discriminator, after those of the unions within its union.
    fn find(&mut self, at: usize, depth: usize) {
        if self.found.contains_key(&at) || depth == DEEPEST {
            return;
        }
        self.found.insert(at, None);
        let Some((union, discriminator)) = self.union(self.discriminated[at].union) else { return };
        let nested: Vec<Option<usize>> = union.branches.iter().map(|branch| self.within(discriminator, *branch)).collect();
        nested.iter().flatten().for_each(|inner| self.find(*inner, depth + 1));
        let tags = self.complete(at, discriminator, &nested);
        self.found.insert(at, tags);
    }

    /// Returns the values of a discriminator, from those of the unions within its union. Returns `None` if a branch
    /// has no value.
    fn complete(&self, at: usize, discriminator: &Discriminator, nested: &[Option<usize>]) -> Option<Vec<Tag>> {
        let mut tags = discriminator.mapping.clone();
        let mut known: HashSet<String> = tags.iter().map(|(value, _)| value.clone()).collect();
        let mapped: HashSet<usize> = tags.iter().map(|(_, branch)| *branch).collect();
        for (branch, inner) in nested.iter().enumerate() {
            let inner = inner.and_then(|inner| self.found.get(&inner)?.as_ref()).filter(|inner| inner.len() < MOST_NESTED);
            match (inner, &self.discriminated[at].names[branch]) {
                (Some(inner), _) => {
                    let new = inner.iter().filter(|(value, _)| known.insert(value.clone()));
                    tags.extend(new.map(|(value, _)| (value.clone(), branch)));
                }
                _ if mapped.contains(&branch) => {}
                (None, Some(name)) => {
                    if known.insert(name.clone()) {
                        tags.push((name.clone(), branch));
                    }
                }
                (None, None) => return None,
            }
        }
        Some(tags)
    }

    /// Returns the union that a branch of another union is, if it has a discriminator of the same property.
    fn within(&self, discriminator: &Discriminator, branch: SchemaId) -> Option<usize> {
        let inner = *self.index.get(&self.schemas.target(branch))?;
        let (_, own) = self.union(self.discriminated[inner].union)?;
        (own.property == discriminator.property).then_some(inner)
    }

    fn union(&self, id: SchemaId) -> Option<(&'s UnionShape, &'s Discriminator)> {
        let Kind::Union(union) = &self.schemas.get(id).kind else { return None };
        Some((union, union.discriminator.as_ref()?))
    }
}
