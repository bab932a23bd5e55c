//! The deduplication pass: equal inline schemas with one role become aliases of one schema.
//!
//! Contracts without components repeat schemas, for example the fields of every list, or the object `{ data: …
//! }` around each response. Merged into one type, they are compiled once, and a value made for one operation
//! can be used for the next.
//!
//! Components are never merged, since their names show that they are intended as separate types. Schemas of different
//! roles (`inline_role.rs`) are equal by coincidence, and stay separate too. So do schemas with different descriptions, since
//! the descriptions are their documentation.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use super::inline_role::{InlineRole, inline_roles};
use super::schema::{Additional, Kind, ObjectShape, Schema, StringShape};
use super::{Contract, Options, SchemaId, Schemas};
use crate::diagnostic::Diagnostics;

/// Turns inline objects, enums and unions that are equal and have one role into aliases of one new schema.
pub(super) fn dedupe_schemas(contract: &mut Contract, _options: &Options, _diagnostics: &mut Diagnostics) {
    let roles = inline_roles(contract);
    let schemas = &contract.schemas;
    let branches: HashSet<SchemaId> = schemas.ids().flat_map(|id| branches(&schemas.get(id).kind).to_vec()).collect();
    let mut classes = Classes { schemas, roles: &roles, of: HashMap::new(), first: HashMap::new() };
    schemas.ids().for_each(|id| classes.find(id));
    let Classes { of, .. } = classes;
    // The equal schemas by their first one, both in the order of the contract. The branches of a union keep their types.
    let mut equal: BTreeMap<SchemaId, Vec<SchemaId>> = BTreeMap::new();
    for id in schemas.ids().filter(|id| !branches.contains(id) && is_declared(&schemas.get(*id).kind)) {
        equal.entry(of[&id]).or_default().push(id);
    }
    for members in equal.into_values().filter(|members| members.len() > 1) {
        let role = roles.get(&members[0]);
        let is_one = members.iter().all(|id| roles.get(id) == role);
        let shared_name = role.filter(|_| is_one).and_then(InlineRole::name);
        let shared = contract.schemas.get(members[0]).clone();
        let shared = contract.schemas.add(Schema { shared_name, ..shared });
        for id in members {
            let schema = contract.schemas.get_mut(id);
            schema.kind = Kind::Alias(shared);
            schema.deduplicated = true;
        }
    }
}

fn branches(kind: &Kind) -> &[SchemaId] {
    match kind {
        Kind::Union(union) => &union.branches,
        _ => &[],
    }
}

/// Returns true if a type declaration is generated for a schema of this kind, so that deduplication saves one.
fn is_declared(kind: &Kind) -> bool {
    match kind {
        Kind::Strings(_) | Kind::Union(_) => true,
        Kind::Object(object) => !object.properties.is_empty(),
        _ => false,
    }
}

/// The classes of equal schemas during deduplication, each represented by its first schema.
struct Classes<'s> {
    schemas: &'s Schemas,
    roles: &'s HashMap<SchemaId, InlineRole>,
    of: HashMap<SchemaId, SchemaId>,
    first: HashMap<String, SchemaId>,
}

impl Classes<'_> {
    /// Finds the class of equal schemas that a schema belongs to. An explicit stack allows deeply nested schemas.
    fn find(&mut self, id: SchemaId) {
        let mut todo = vec![(id, false)];
        let mut open = HashSet::new();
        while let Some((id, subschemas_are_known)) = todo.pop() {
            if self.of.contains_key(&id) {
                continue;
            }
            let schema = self.schemas.get(id);
            if !is_comparable(schema) {
                self.of.insert(id, id);
            } else if subschemas_are_known {
                let class = match self.signature(id, schema) {
                    Some(signature) => *self.first.entry(signature).or_insert(id),
                    None => id,
                };
                self.of.insert(id, class);
            } else if open.insert(id) {
                todo.push((id, true));
                todo.extend(subschemas(&schema.kind).into_iter().map(|id| (id, false)));
            } else {
                // A recursive schema does not equal any other schema.
                self.of.insert(id, id);
            }
        }
    }

    /// Returns the signature of a schema: a string made of all its properties except its location, and of its role if a
    /// type is declared for it. Subschemas are represented by their class of equal schemas.
    ///
    /// Two schemas are equal if their signatures are equal. Returns `None` for schemas that deduplication never merges.
    fn signature(&self, id: SchemaId, schema: &Schema) -> Option<String> {
        let Schema {
            title,
            description,
            deprecated,
            nullable,
            read_only,
            write_only,
            secret,
            default,
            kind,
            content,
            ..
        } = schema;
        let default = default.as_ref().map(|(value, _)| value);
        let mut signature = format!(
            "{:?} {deprecated} {nullable} {read_only} {write_only} {secret} {default:?} ",
            (title.as_deref(), description.as_deref())
        );
        if is_declared(kind) {
            let is_described = title.is_some() || description.is_some();
            write!(signature, "{:?} ", self.roles.get(&id)?.key(is_described)).ok()?;
        }
        if let Some(content) = content {
            write!(signature, "{content:?} ").ok()?;
        }
        match kind {
            Kind::String(StringShape { format, min, max, patterns }) => {
                let patterns: Vec<&str> = patterns.iter().map(|(pattern, _)| pattern.as_str()).collect();
                write!(signature, "string {format:?} {min:?} {max:?} {patterns:?}").ok()?;
            }
            Kind::Array(array) => {
                let items = self.of.get(&array.items)?;
                write!(signature, "array {items:?} {:?} {:?} {}", array.min, array.max, array.unique).ok()?;
            }
            Kind::Object(ObjectShape { sparse_of: Some(_), .. }) => return None,
            Kind::Object(object) => {
                write!(signature, "object {:?} {:?}", object.min, object.max).ok()?;
                match object.additional {
                    Additional::Kept(rest) => write!(signature, " kept {:?}", self.of.get(&rest)?).ok()?,
                    ref other => write!(signature, " {other:?}").ok()?,
                }
                for property in &object.properties {
                    let named = property.rust_name.as_ref().map(|name| name.value.as_str());
                    let class = self.of.get(&property.schema)?;
                    write!(signature, " {:?} {class:?} {} {named:?}", property.name, property.required).ok()?;
                }
            }
            Kind::Union(union) => {
                write!(signature, "union {} {:?}", union.exactly_one, union.discriminator).ok()?;
                for branch in &union.branches {
                    write!(signature, " {:?}", self.of.get(branch)?).ok()?;
                }
            }
            Kind::Alias(target) => write!(signature, "alias {:?}", self.of.get(target)?).ok()?,
            Kind::Any
            | Kind::Null
            | Kind::Boolean
            | Kind::Integer(_)
            | Kind::Number(_)
            | Kind::Strings(_)
            | Kind::Values(_) => write!(signature, "{kind:?}").ok()?,
        }
        Some(signature)
    }
}

/// Returns true if deduplication may merge the schema with an equal one.
fn is_comparable(schema: &Schema) -> bool {
    schema.component.is_none()
        && schema.rust_name.is_none()
        && schema.rust_type.is_none()
        && schema.error_pointers.is_none()
        && schema.pagination.is_none()
        && schema.interpreted.is_none()
        && !schema.holds_itself
}

/// Returns the direct subschemas of a schema of this kind.
fn subschemas(kind: &Kind) -> Vec<SchemaId> {
    match kind {
        Kind::Alias(target) => vec![*target],
        Kind::Array(array) => vec![array.items],
        Kind::Union(union) => union.branches.clone(),
        Kind::Object(object) => {
            let mut all: Vec<SchemaId> = object.properties.iter().map(|property| property.schema).collect();
            if let Additional::Kept(rest) = object.additional {
                all.push(rest);
            }
            all
        }
        _ => Vec::new(),
    }
}
