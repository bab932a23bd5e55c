//! The values of discriminators: the names of branches that no `mapping` names, also those of unions within unions.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::SchemaId;
use crate::model::schema::{Discriminator, Kind, Schemas, UnionShape};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::Discriminated;

/// The deepest nesting of unions whose discriminator values a surrounding union accepts.
const DEEPEST: usize = 64;

/// The deepest nesting of unions without a discriminator in which constant values are searched.
const DEEPEST_CONSTANTS: usize = 4;

/// The largest number of branches of all unions of a contract in which constant values are searched.
const MOST_SEARCHED: usize = 1_000_000;

/// The largest number of discriminator values that a union takes over from the unions within it.
const MOST_NESTED: usize = 10_000;

/// A value of a discriminator, with the index of the branch that it selects.
type Tag = (String, usize);

/// The reason why a discriminator cannot select every branch of its union.
#[derive(Debug, Clone)]
enum Unselectable {
    /// A branch of the union has neither a name nor a constant value of the discriminator.
    Inline,
    /// Several branches of the union have this value of the discriminator.
    Ambiguous(String),
}

impl<'d> Builder<'d, '_> {
    /// Completes the discriminators of all unions.
    ///
    /// A branch without a `mapping` has the name of its schema as value (OpenAPI 3.0.3, section 4.7.25). If its schema
    /// allows only other values of the property, these select it, since the name is never valid. A branch that is a
    /// union with a discriminator of the same property has the values of that discriminator.
    pub(super) fn settle_tags(&mut self) {
        let discriminated = std::mem::take(&mut self.discriminated);
        let index = discriminated.iter().enumerate().map(|(at, one)| (one.union, at)).collect();
        let mut tags = Tags {
            schemas: &self.schemas,
            discriminated: &discriminated,
            index,
            found: HashMap::new(),
            room: Cell::new(MOST_SEARCHED),
        };
        (0..discriminated.len()).for_each(|at| tags.find(at, 0));
        let mut found = tags.found;
        for (at, one) in discriminated.iter().enumerate() {
            let complete = found.remove(&at).unwrap_or(Err(Unselectable::Inline));
            if let (Err(reason), false) = (&complete, one.inherited) {
                self.unselectable(one.at, reason);
            }
            let Kind::Union(union) = &mut self.schemas.get_mut(one.union).kind else { continue };
            match (complete, &mut union.discriminator) {
                (Ok(mapping), Some(discriminator)) => discriminator.mapping = mapping,
                _ => union.discriminator = None,
            }
        }
        let unions: Vec<(SchemaId, Span)> = discriminated.iter().map(|one| (one.union, one.at)).collect();
        self.settle_tag_properties(&unions);
    }

    /// Reports a discriminator that cannot select every branch of its union.
    fn unselectable(&mut self, at: Span, reason: &Unselectable) {
        let report = match reason {
            Unselectable::Inline => Diagnostic::warning(
                "discriminator-inline",
                at,
                "a discriminator cannot select an inline schema, since it has no name",
            )
            .help(format!("move each inline variant to `{}`, and refer to it", self.place("schemas"))),
            Unselectable::Ambiguous(value) => Diagnostic::warning(
                "discriminator-ambiguous",
                at,
                format!("several variants have the value `{value}` of this discriminator"),
            )
            .help("give each variant a different value, or select them by `mapping`"),
        };
        self.report(report.label("ignored: the variants are tried in order"));
    }

    /// Returns the name by which a discriminator selects a branch of a union: that of the schema which the branch
    /// refers to, or that of its file. Returns `None` for an inline branch.
    pub(super) fn name_of_branch(&mut self, branch: &'d Node) -> Option<String> {
        let mut node = branch;
        let mut file = None;
        for _ in 0..DEEPEST {
            if let Some(name) = self.names.get(&node.span) {
                return Some(name.clone());
            }
            file = file.or_else(|| file_name(node.get("$ref")?.as_str()?));
            node = match self.follow_while(node, |_| false).filter(|next| next.span != node.span) {
                Some(next) => next,
                None => match self.annotated_reference(node) {
                    Some(next) => next,
                    None => return file,
                },
            };
        }
        None
    }
}

/// Returns the name of the file that a reference leads to, without its extension; `None` for a reference into a file.
fn file_name(reference: &str) -> Option<String> {
    let file = reference.strip_suffix('#').unwrap_or(reference);
    let name = file.rsplit('/').next().filter(|name| !name.contains('#') && !name.is_empty())?;
    Some(name.split_once('.').map_or(name, |(stem, _)| stem).to_owned())
}

/// The search for the values of discriminators, which unions take over from the unions within them.
struct Tags<'s> {
    schemas: &'s Schemas,
    discriminated: &'s [Discriminated],
    index: HashMap<SchemaId, usize>,
    /// The values of each discriminator that was searched; an error also while the search runs.
    found: HashMap<usize, Result<Vec<Tag>, Unselectable>>,
    /// The number of branches in which constant values may still be searched.
    room: Cell<usize>,
}

impl<'s> Tags<'s> {
    /// Finds the values of a discriminator, after those of the unions within its union.
    fn find(&mut self, at: usize, depth: usize) {
        if self.found.contains_key(&at) || depth == DEEPEST {
            return;
        }
        self.found.insert(at, Err(Unselectable::Inline));
        let Some((union, discriminator)) = self.union(self.discriminated[at].union) else { return };
        let nested: Vec<Option<usize>> =
            union.branches.iter().map(|branch| self.within(discriminator, *branch)).collect();
        nested.iter().flatten().for_each(|inner| self.find(*inner, depth + 1));
        let tags = self.complete(at, discriminator, &nested);
        self.found.insert(at, tags);
    }

    /// Returns the values of a discriminator, from those of the unions within its union.
    fn complete(
        &self,
        at: usize,
        discriminator: &Discriminator,
        nested: &[Option<usize>],
    ) -> Result<Vec<Tag>, Unselectable> {
        let Some((union, _)) = self.union(self.discriminated[at].union) else { return Err(Unselectable::Inline) };
        let mut tags = discriminator.mapping.clone();
        let mut known: HashMap<String, usize> = tags.iter().cloned().collect();
        let mapped: HashSet<usize> = tags.iter().map(|(_, branch)| *branch).collect();
        for (branch, inner) in nested.iter().enumerate() {
            let inner = inner.and_then(|inner| self.found.get(&inner)?.as_ref().ok());
            let inner = inner.filter(|inner| inner.len() < MOST_NESTED);
            let is_mapped = mapped.contains(&branch);
            let values: Vec<String> = match inner {
                Some(inner) => inner.iter().map(|(value, _)| value.clone()).collect(),
                None if is_mapped => continue,
                None => self.own_values(at, branch, union.branches[branch], &discriminator.property)?,
            };
            for value in values {
                match known.insert(value.clone(), branch) {
                    None => tags.push((value, branch)),
                    Some(other) if other == branch || is_mapped => {
                        known.insert(value, other);
                    }
                    Some(_) => return Err(Unselectable::Ambiguous(value)),
                }
            }
        }
        Ok(tags)
    }

    /// Returns the values that select a branch which no `mapping` names: the name of its schema, or the constants of
    /// the discriminator's property if the name is not among them.
    fn own_values(
        &self,
        at: usize,
        branch: usize,
        schema: SchemaId,
        property: &str,
    ) -> Result<Vec<String>, Unselectable> {
        let constants = self.constants(schema, property, 0);
        match (constants, &self.discriminated[at].names[branch]) {
            (Some(constants), Some(name)) if constants.contains(name) => Ok(vec![name.clone()]),
            (Some(constants), _) => Ok(constants),
            (None, Some(name)) => Ok(vec![name.clone()]),
            (None, None) => Err(Unselectable::Inline),
        }
    }

    /// Returns the strings that an object schema, or every branch of a union, allows as the value of a property;
    /// `None` if it allows others.
    fn constants(&self, schema: SchemaId, property: &str, depth: usize) -> Option<Vec<String>> {
        match self.schemas.kind(schema) {
            Kind::Object(object) => {
                let property = object.properties.iter().find(|known| known.name == property)?;
                match self.schemas.kind(property.schema) {
                    Kind::Strings(names) if !names.open && names.values.len() < MOST_NESTED => {
                        Some(names.values.clone())
                    }
                    _ => None,
                }
            }
            Kind::Union(union) if depth < DEEPEST_CONSTANTS && union.branches.len() <= self.room.get() => {
                self.room.set(self.room.get() - union.branches.len());
                let all: Option<Vec<Vec<String>>> =
                    union.branches.iter().map(|branch| self.constants(*branch, property, depth + 1)).collect();
                Some(all?.concat())
            }
            _ => None,
        }
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
