//! The declaration of types: each schema that needs a Rust type takes the first free name for its location in
//! the contract.

use std::collections::HashSet;

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::schema::{Additional, Format, Kind, ObjectShape};
use writ_contract::model::{Direction, SchemaId};

use crate::rust::names::ident::type_name;
use crate::rust::names::namespace::Names;
use crate::rust::names::spelling::spelling;
use crate::rust::plan::types::{TypeKey, TypePlan};

/// A type plan, the list of the contract's Rust types, while types are being declared.
pub struct Declarations<'a, 'c> {
    /// The Rust types that are declared so far.
    pub plan: TypePlan<'c>,
    /// The Rust names that are taken so far.
    pub names: &'a mut Names,
    /// The diagnostics that receive a report for each collision of names.
    pub diagnostics: &'a mut Diagnostics,
}

/// The need of a schema for a declared Rust type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// The schema always becomes a declared type.
    Always,
    /// The schema becomes a type alias if it is a component; otherwise no type is declared.
    AsComponent,
    /// No type is declared, since another type represents the schema.
    Never,
}

impl Declarations<'_, '_> {
    /// Declares the type of a component schema under the component's name. Declares two types if `readOnly` or
    /// `writeOnly` properties make its directions differ.
    pub fn declare_component(&mut self, id: SchemaId) {
        let schema = self.plan.contract.schemas.get(id);
        let Some(component) = &schema.component else { return };
        if self.declared(id) == Declared::Never {
            return;
        }
        let own = schema.rust_name.as_ref();
        let base = own.map_or_else(|| type_name(component), |own| own.value.clone());
        for direction in [Direction::Outbound, Direction::Inbound] {
            let key = TypeKey { schema: id, only: self.plan.usage.only(id, direction) };
            let candidates = match key.only {
                Some(Direction::Inbound) => vec![format!("{base}Input"), format!("{base}InputModel")],
                // A requested name has no alternatives.
                _ if own.is_some() => vec![base.clone()],
                _ => {
                    let spelled = spelling(component).map(|word| format!("{base}{}", type_name(word)));
                    let plain = [base.clone(), format!("{base}Model"), format!("{base}Schema")];
                    plain.into_iter().chain(spelled).collect()
                }
            };
            self.name(key, &candidates);
        }
    }

    /// Names a declared type by the first free candidate. Returns false if the type already has a name.
    fn name(&mut self, key: TypeKey, candidates: &[String]) -> bool {
        if self.plan.names.contains_key(&key) {
            return false;
        }
        let schema = self.plan.contract.schemas.get(key.schema);
        let name = match &schema.rust_name {
            Some(own) if candidates == [own.value.as_str()] => self.names.take_requested(own, self.diagnostics),
            _ => self.names.take(candidates, schema.span, self.diagnostics),
        };
        self.plan.names.insert(key, name);
        self.plan.order.push(key);
        true
    }

    /// Declares the types that a schema and its members need in a direction. A schema that is not a component
    /// takes the first free name of `candidates`.
    pub fn declare(&mut self, id: SchemaId, direction: Direction, candidates: &[String]) {
        let mut todo = vec![(id, candidates.to_vec())];
        // Unnamed schemas do not stop recursion, so track the visited ones.
        let mut seen = HashSet::new();
        while let Some((id, candidates)) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            let schema = self.plan.contract.schemas.get(id);
            let key = TypeKey { schema: id, only: self.plan.usage.only(id, direction) };
            if let (true, Kind::Alias(shared)) = (schema.deduplicated, &schema.kind) {
                let only = self.plan.usage.only(*shared, direction);
                let is_named = self.plan.names.contains_key(&TypeKey { schema: *shared, only });
                let name = self.shared_name(*shared).filter(|name| self.names.is_free(name));
                if !is_named && name.is_none_or(|name| Some(&name) == candidates.first()) {
                    // The equal schemas have no better name than this location.
                    todo.push((*shared, candidates));
                    continue;
                }
            }
            if self.declared(id) == Declared::Always && schema.component.is_none() {
                let mut candidates = candidates.clone();
                // A requested name in lower case is the name of a field, not of a type.
                if let Some(own) = schema.rust_name.as_ref().filter(|own| own.value.starts_with(char::is_uppercase)) {
                    candidates = vec![own.value.clone()];
                }
                if key.only == Some(Direction::Inbound) {
                    candidates = candidates.iter().map(|name| format!("{name}Input")).collect();
                }
                if !self.name(key, &candidates) {
                    continue;
                }
            }
            // Components declare their members themselves. A component that only this schema refers to is
            // declared here.
            if schema.component.is_some() {
                if self.plan.names.contains_key(&key) {
                    continue;
                }
                self.declare_component(id);
            }
            let base = self.plan.names.get(&key).cloned().or_else(|| candidates.first().cloned()).unwrap_or_default();
            let mut members = self.members(id, direction, &base);
            members.reverse();
            todo.extend(members);
        }
    }

    /// Declares the types of the members of a declared type.
    pub fn declare_members(&mut self, key: TypeKey) {
        let base = self.plan.names.get(&key).cloned().unwrap_or_default();
        let direction = self.plan.direction(key);
        for (id, candidates) in self.members(key.schema, direction, &base) {
            self.declare(id, direction, &candidates);
        }
    }

    /// Returns the schemas that a schema holds directly, each with candidates for the name of its type.
    fn members(&self, id: SchemaId, direction: Direction, base: &str) -> Vec<(SchemaId, Vec<String>)> {
        let one = |suffix: &str| {
            vec![format!("{base}{suffix}"), format!("{base}{suffix}Value"), format!("{base}{suffix}Model")]
        };
        let schema = self.plan.contract.schemas.get(id);
        match &schema.kind {
            _ if schema.rust_type.is_some() => Vec::new(),
            Kind::Alias(target) => {
                let first = self.shared_name(*target).filter(|_| schema.deduplicated);
                vec![(*target, vec![first.unwrap_or_else(|| base.to_owned()), format!("{base}Value")])]
            }
            Kind::Array(array) => vec![(array.items, one("Item"))],
            Kind::Union(union) => {
                let variants = self.plan.variant_names(id);
                union.branches.iter().zip(variants).map(|(branch, variant)| (*branch, one(&variant))).collect()
            }
            Kind::Object(ObjectShape { sparse_of: Some(complete), .. }) => vec![(*complete, vec![base.to_owned()])],
            Kind::Object(object) => {
                let only = self.plan.usage.only(id, direction);
                let properties = self.plan.properties(TypeKey { schema: id, only });
                let tag = self.plan.tagged.get(&id).map(|tag| tag.property.as_str());
                let properties = properties.iter().filter(|property| Some(property.name.as_str()) != tag);
                let mut all: Vec<_> =
                    properties.map(|property| (property.schema, one(&type_name(&property.name)))).collect();
                if let Additional::Kept(schema) = object.additional {
                    all.push((schema, one("Entry")));
                }
                all
            }
            _ => Vec::new(),
        }
    }

    /// Returns the name of a schema that stands for several equal ones, or `None` if it has no name of its own.
    fn shared_name(&self, shared: SchemaId) -> Option<String> {
        self.plan.contract.schemas.get(shared).shared_name.as_deref().map(type_name)
    }

    /// Returns the need of a schema for a declared Rust type.
    fn declared(&self, id: SchemaId) -> Declared {
        if self.plan.contract.schemas.get(id).rust_type.is_some() {
            return Declared::AsComponent;
        }
        if self.plan.contract.schemas.get(id).holds_itself || self.plan.contract.schemas.get(id).deduplicated {
            return Declared::Always;
        }
        match &self.plan.contract.schemas.get(id).kind {
            Kind::Strings(_) => Declared::Always,
            Kind::Union(_) => Declared::Always,
            Kind::String(shape) if matches!(shape.format, Format::Id(_)) => Declared::Always,
            Kind::Object(object) if object.sparse_of.is_some() => Declared::Never,
            Kind::Object(object) if self.plan.page_of(object).is_some() => Declared::AsComponent,
            Kind::Object(object) if object.is_map() => Declared::AsComponent,
            Kind::Object(_) => Declared::Always,
            Kind::Alias(_)
            | Kind::Boolean
            | Kind::Integer(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Array(_)
            | Kind::Values(_)
            | Kind::Any
            | Kind::Null => Declared::AsComponent,
        }
    }
}
