//! Which Rust type a schema is, and what each declared type is called.

use std::collections::{HashMap, HashSet};

use writ_contract::model::schema::{
    Additional, Format, IntegerWidth, Kind, NumberWidth, ObjectShape, Property, RustType,
};
use writ_contract::model::{Contract, Direction, SchemaId};

use crate::rust::names::union_variants::union_variants;
use crate::rust::plan::implied_tags::Tag;
use crate::rust::plan::ty::{Ty, own_path};
use crate::rust::plan::usage::{Usage, is_read_only, is_write_only};

/// A type to be declared: a schema, or one half of a schema whose readOnly and writeOnly parts tell
/// the received value from the sent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeKey {
    /// The schema.
    pub schema: SchemaId,
    /// The only direction that the type serves; none where it serves both.
    pub only: Option<Direction>,
}

/// What is declared, under which names.
#[derive(Debug, Clone)]
pub struct TypePlan<'c> {
    /// The contract.
    pub contract: &'c Contract,
    /// Who uses what.
    pub usage: Usage,
    /// The declared types in the order they are met.
    pub order: Vec<TypeKey>,
    pub names: HashMap<TypeKey, String>,
    /// Direct members that must be boxed, as (holder, held).
    pub boxed: HashSet<(TypeKey, TypeKey)>,
    /// The discriminators that are no fields, since their type says them.
    pub tagged: HashMap<SchemaId, Tag>,
}

impl<'c> TypePlan<'c> {
    /// What a list holds where an object is a page: `{ data: [...], pagination: {...} }` in the
    /// field names that the runtime's `Page` writes.
    pub fn page_of(&self, object: &ObjectShape) -> Option<SchemaId> {
        let [data, pagination] = object.properties.as_slice() else { return None };
        if data.name != "data" || pagination.name != "pagination" {
            return None;
        }
        let Kind::Array(array) = self.contract.schemas.kind(data.schema) else { return None };
        let Kind::Object(fields) = self.contract.schemas.kind(pagination.schema) else { return None };
        // Each field with whether null stands for what a page does not have.
        let written = [("total", false), ("page", true), ("limit", false), ("hasMore", false), ("nextCursor", true)];
        let same = |property: &Property| {
            let nullable = self.contract.schemas.nullable(property.schema);
            property.required && written.contains(&(property.name.as_str(), nullable))
        };
        let alike = fields.properties.len() == written.len() && fields.properties.iter().all(same);
        (alike && data.required && pagination.required).then_some(array.items)
    }

    /// Returns true if an operation uses the schema.
    pub fn used(&self, id: SchemaId) -> bool {
        self.usage.is_read(id) || self.usage.is_written(id)
    }

    /// The direction in which the members of a declared type are looked at.
    pub fn direction(&self, key: TypeKey) -> Direction {
        match key.only {
            Some(direction) => direction,
            None if self.usage.is_read(key.schema) => Direction::Inbound,
            None => Direction::Outbound,
        }
    }

    /// The name of a declared type.
    pub fn name_of(&self, key: TypeKey) -> Option<&str> {
        self.names.get(&key).map(String::as_str)
    }

    /// The declared type that stands for a schema in a direction, if one does.
    pub fn key_of(&self, id: SchemaId, direction: Direction) -> Option<TypeKey> {
        let key = TypeKey { schema: id, only: self.usage.only(id, direction) };
        if self.names.contains_key(&key) {
            return Some(key);
        }
        match self.contract.schemas.get(id).kind {
            Kind::Alias(target) if target != id => self.key_of(target, direction),
            _ => None,
        }
    }

    /// The properties of a form of an object: those that go its way.
    pub fn properties(&self, key: TypeKey) -> Vec<&'c Property> {
        let contract = self.contract;
        let Kind::Object(object) = &contract.schemas.get(key.schema).kind else { return Vec::new() };
        let only_read = self.usage.is_read(key.schema) && !self.usage.is_written(key.schema);
        let only_written = self.usage.is_written(key.schema) && !self.usage.is_read(key.schema);
        let without_read_only = key.only == Some(Direction::Inbound) || (key.only.is_none() && only_read);
        let without_write_only = key.only == Some(Direction::Outbound) || (key.only.is_none() && only_written);
        object
            .properties
            .iter()
            .filter(|property| !(without_read_only && is_read_only(contract, property.schema)))
            .filter(|property| !(without_write_only && is_write_only(contract, property.schema)))
            .collect()
    }

    /// The type of a schema's values, null aside.
    pub fn ty(&self, id: SchemaId, direction: Direction) -> Ty {
        if let Some(key) = self.key_of(id, direction) {
            return Ty::Named(self.names[&key].clone());
        }
        self.structure(id, direction)
    }

    /// The type that a schema is built of, its own name aside.
    pub fn structure(&self, id: SchemaId, direction: Direction) -> Ty {
        let schema = self.contract.schemas.get(id);
        if let Some(own) = &schema.rust_type {
            return Ty::Own(own_path(own));
        }
        match &schema.kind {
            Kind::Any => Ty::Value,
            Kind::Null => Ty::Unit,
            Kind::Boolean => Ty::Bool,
            Kind::Integer(shape) => match shape.width {
                IntegerWidth::Int32 => Ty::I32,
                IntegerWidth::Int64 => Ty::I64,
                IntegerWidth::Uint32 => Ty::U32,
                IntegerWidth::Uint64 => Ty::U64,
            },
            Kind::Number(shape) => match shape.width {
                NumberWidth::Single => Ty::F32,
                NumberWidth::Double => Ty::F64,
                NumberWidth::Decimal => Ty::DecimalNumber,
            },
            Kind::String(shape) => match shape.format {
                Format::DateTime => Ty::DateTime,
                Format::Date => Ty::Date,
                Format::Uuid => Ty::Uuid,
                Format::Byte => Ty::Bytes,
                Format::Decimal => Ty::Decimal,
                _ => Ty::String,
            },
            Kind::Strings(_) | Kind::Union(_) => Ty::Value,
            Kind::Values(values) => match values.first() {
                Some(serde_json::Value::Bool(_)) if values.iter().all(serde_json::Value::is_boolean) => Ty::Bool,
                Some(serde_json::Value::Number(_)) if values.iter().all(serde_json::Value::is_i64) => Ty::I64,
                Some(serde_json::Value::Number(_)) if values.iter().all(serde_json::Value::is_number) => Ty::F64,
                _ => Ty::Value,
            },
            Kind::Array(array) => Ty::Vec(Box::new(self.element(array.items, direction))),
            Kind::Object(object) => {
                if let Some(whole) = object.sparse_of {
                    return self.ty(whole, direction);
                }
                if let Some(item) = self.page_of(object) {
                    return Ty::Page(Box::new(self.element(item, direction)));
                }
                match object.additional {
                    Additional::Kept(schema) => Ty::Map(Box::new(self.element(schema, direction))),
                    _ => Ty::Value,
                }
            }
            Kind::Alias(target) => self.ty(*target, direction),
        }
    }

    /// The type of an element of a list or map, which may be null.
    pub fn element(&self, id: SchemaId, direction: Direction) -> Ty {
        let ty = self.ty(id, direction);
        match self.is_nullable(id) {
            true => Ty::Option(Box::new(ty)),
            false => ty,
        }
    }

    /// Whether null needs a place beside the type's own values.
    pub fn is_nullable(&self, id: SchemaId) -> bool {
        self.contract.schemas.nullable(id) && !matches!(self.contract.schemas.kind(id), Kind::Any | Kind::Null)
    }

    /// Whether a direct member of `holder` must be boxed, as the types would otherwise hold themselves.
    pub fn is_boxed(&self, holder: TypeKey, held: SchemaId, direction: Direction) -> bool {
        self.direct(held, direction).is_some_and(|key| self.boxed.contains(&(holder, key)))
    }

    /// The declared struct or union that a schema is, behind aliases and names.
    pub fn direct(&self, id: SchemaId, direction: Direction) -> Option<TypeKey> {
        if self.own(id).is_some() {
            return None;
        }
        let target = self.contract.schemas.target(id);
        let target = match self.contract.schemas.kind(target) {
            Kind::Object(ObjectShape { sparse_of: Some(whole), .. }) => self.contract.schemas.target(*whole),
            _ => target,
        };
        let key = TypeKey { schema: target, only: self.usage.only(target, direction) };
        let kind = self.contract.schemas.kind(target);
        let holds = matches!(kind, Kind::Union(_))
            || matches!(kind, Kind::Object(object) if !object.is_map() && self.page_of(object).is_none());
        (holds && self.names.contains_key(&key)).then_some(key)
    }

    /// The user's own type that stands for a schema, at any step of a chain of aliases.
    pub fn own(&self, id: SchemaId) -> Option<&'c RustType> {
        self.contract.schemas.nearest(id, |schema| schema.rust_type.as_ref())
    }

    /// What messages call a branch: as the contract does, where it has a name for it.
    pub fn branch_name(&self, branch: SchemaId, variant: &str) -> String {
        let named =
            |schema: &'c writ_contract::model::Schema| schema.component.clone().or_else(|| schema.title.clone());
        self.contract.schemas.nearest(branch, named).unwrap_or_else(|| variant.to_owned())
    }

    /// The names of a union's variants, in the order of its branches.
    pub fn variant_names(&self, id: SchemaId) -> Vec<String> {
        union_variants(&self.contract.schemas, id).0
    }
}
