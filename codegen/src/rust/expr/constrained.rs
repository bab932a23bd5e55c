//! The declared types whose values may break the contract although they have the right Rust type.

use std::collections::{HashMap, HashSet};

use writ_contract::model::schema::{Additional, Kind};

use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::plan::types::{TypeKey, TypePlan};
use crate::rust::plan::usage::children;

/// Returns the declared types whose values may break the contract although they have the right Rust type: those with a
/// constraint, and those that contain such a type.
pub fn constrained(plan: &TypePlan<'_>, patterns: &Patterns) -> HashSet<TypeKey> {
    let mut holders: HashMap<TypeKey, Vec<TypeKey>> = HashMap::new();
    let mut found = HashSet::new();
    let mut todo = Vec::new();
    for key in &plan.order {
        let calls = ReadCalls { plan, patterns, direction: plan.direction(*key) };
        for held in members(plan, *key) {
            holders.entry(held).or_default().push(*key);
        }
        if calls.has_rules(*key) && found.insert(*key) {
            todo.push(*key);
        }
    }
    while let Some(held) = todo.pop() {
        for holder in holders.get(&held).into_iter().flatten() {
            if found.insert(*holder) {
                todo.push(*holder);
            }
        }
    }
    found
}

impl ReadCalls<'_, '_> {
    /// Returns true if a declared type has a constraint that is not one of another declared type.
    fn has_rules(&self, key: TypeKey) -> bool {
        let schema = self.plan.contract.schemas.get(key.schema);
        match &schema.kind {
            Kind::Object(object) if !schema.holds_itself && self.plan.has_own_codec(key.schema) => {
                let kept = match object.additional {
                    Additional::Kept(rest) => self.element_rule(rest),
                    _ => None,
                };
                object.min.is_some_and(|min| min > 0)
                    || object.max.is_some()
                    || kept.is_some()
                    || self.plan.properties(key).iter().any(|property| self.element_rule(property.schema).is_some())
            }
            Kind::Union(union) => union.branches.iter().any(|branch| self.element_rule(*branch).is_some()),
            _ => self.structure_rule(key.schema).is_some(),
        }
    }
}

/// Returns the declared types with a codec of their own that a declared type holds, directly or in lists and maps.
fn members(plan: &TypePlan<'_>, key: TypeKey) -> Vec<TypeKey> {
    let direction = plan.direction(key);
    let mut todo = children(plan.contract, key.schema, Some(direction));
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    while let Some(id) = todo.pop() {
        if !seen.insert(id) {
            continue;
        }
        match plan.key_of(id, direction).filter(|held| plan.has_own_codec(held.schema)) {
            Some(held) => found.push(held),
            None => todo.extend(children(plan.contract, id, Some(direction))),
        }
    }
    found
}
