//! The finished type plan: the Rust type of each schema, and the name of each declared type.

use std::collections::{HashMap, HashSet};

use writ_contract::model::schema::{
    Additional, Format, IntegerWidth, Kind, NumberWidth, ObjectShape, Property, RustType,
};
use writ_contract::model::{Contract, Direction, SchemaId};

use crate::rust::names::union_variants::union_variants;
use crate::rust::plan::implied_tags::Tag;
use crate::rust::plan::ty::{Ty, custom_path};
use crate::rust::plan::usage::Usage;

/// The identity of a declared Rust type: a schema, or one direction of a schema that `readOnly` or `writeOnly`
/// properties split in two types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeKey {
    /// The schema from which the Rust type is declared.
    pub schema: SchemaId,
    /// The only direction (inbound or outbound) that the type serves, or `None` if it serves both.
    pub only: Option<Direction>,
}

/// The type plan: the Rust types that are declared for a contract, with their names.
#[derive(Debug, Clone)]
pub struct TypePlan<'c> {
    /// The contract that the types are declared for.
    pub contract: &'c Contract,
    /// The directions and tags in which each schema is used.
    pub usage: Usage,
    /// The declared types, in the order in which they were declared.
    pub order: Vec<TypeKey>,
    /// The name of each declared type.
    pub names: HashMap<TypeKey, String>,
    /// The members of declared types that need a `Box`, as pairs of holder and member.
    pub boxed: HashSet<(TypeKey, TypeKey)>,
    /// The discriminators with a constant value, by the schema of their object. The structs have no field for them.
    pub tagged: HashMap<SchemaId, Tag>,
    /// The declared types whose values may break the contract although they have the right Rust type.
    pub constrained: HashSet<TypeKey>,
}

impl<'c> TypePlan<'c> {
    /// Returns the schema of the items if an object schema is a page of a list: `{ data: [...], pagination:
    /// {...} }` with the field names that the runtime's `Page` writes.
    pub fn page_of(&self, object: &ObjectShape) -> Option<SchemaId> {
        let [data, pagination] = object.properties.as_slice() else { return None };
        if data.name != "data" || pagination.name != "pagination" {
            return None;
        }
        let Kind::Array(array) = self.contract.schemas.kind(data.schema) else { return None };
        let Kind::Object(fields) = self.contract.schemas.kind(pagination.schema) else { return None };
        // The fields of a pagination object, each with `true` if it is required and `true` if it can be null.
        let written = [
            ("total", false, false),
            ("page", true, true),
            ("limit", true, false),
            ("hasMore", true, false),
            ("nextCursor", true, true),
        ];
        let same = |property: &Property| {
            let nullable = self.contract.schemas.nullable(property.schema);
            written.contains(&(property.name.as_str(), property.required, nullable))
        };
        let alike = fields.properties.len() == written.len() && fields.properties.iter().all(same);
        (alike && data.required && pagination.required).then_some(array.items)
    }

    /// Returns true if an operation, webhook or callback uses the schema.
    pub fn used(&self, id: SchemaId) -> bool {
        self.usage.is_read(id) || self.usage.is_written(id)
    }

    /// Returns the direction that decides the properties of a declared type.
    pub fn direction(&self, key: TypeKey) -> Direction {
        match key.only {
            Some(direction) => direction,
            None if self.usage.is_read(key.schema) => Direction::Inbound,
            None => Direction::Outbound,
        }
    }

    /// Returns the Rust name of a declared type, or `None` if the type is not declared.
    pub fn name_of(&self, key: TypeKey) -> Option<&str> {
        self.names.get(&key).map(String::as_str)
    }

    /// Returns the identity of a schema's declared type in a direction, or `None` if the schema has no declared type.
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

    /// Returns the properties that become fields of a declared type: all that the type's direction includes.
    pub fn properties(&self, key: TypeKey) -> Vec<&'c Property> {
        self.split_properties(key).0
    }

    /// Returns the properties of an object schema that its declared type has no fields for: those that belong to
    /// the other direction only (`readOnly`, `writeOnly`).
    pub fn omitted_properties(&self, key: TypeKey) -> Vec<&'c Property> {
        self.split_properties(key).1
    }

    /// Returns the properties of an object schema in two lists: those that its declared type has fields for, and
    /// the others.
    fn split_properties(&self, key: TypeKey) -> (Vec<&'c Property>, Vec<&'c Property>) {
        let schemas = &self.contract.schemas;
        let Kind::Object(object) = &schemas.get(key.schema).kind else { return Default::default() };
        let only = match (key.only, self.usage.is_read(key.schema), self.usage.is_written(key.schema)) {
            (Some(direction), ..) => Some(direction),
            (None, true, false) => Some(Direction::Inbound),
            (None, false, true) => Some(Direction::Outbound),
            (None, ..) => None,
        };
        object
            .properties
            .iter()
            .partition(|property| only.is_none_or(|direction| !schemas.omits(direction, property.schema)))
    }

    /// Returns the Rust type of a schema's values other than null.
    pub fn ty(&self, id: SchemaId, direction: Direction) -> Ty {
        if let Some(key) = self.key_of(id, direction) {
            return Ty::Named(self.names[&key].clone());
        }
        self.structure(id, direction)
    }

    /// Returns the Rust type that the keywords of a schema describe, even if the schema itself has a named type.
    pub fn structure(&self, id: SchemaId, direction: Direction) -> Ty {
        let schema = self.contract.schemas.get(id);
        if let Some(own) = &schema.rust_type {
            return Ty::Custom(custom_path(own));
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
                Format::DateTime | Format::Moment => Ty::DateTime,
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
                if let Some(complete) = object.sparse_of {
                    return self.ty(complete, direction);
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

    /// Returns the Rust type of an element of a list or map: an `Option` if the element may be null.
    pub fn element(&self, id: SchemaId, direction: Direction) -> Ty {
        let ty = self.ty(id, direction);
        match self.is_nullable(id) {
            true => Ty::Option(Box::new(ty)),
            false => ty,
        }
    }

    /// Returns true if a value of the schema may be null and the Rust type of the schema needs an `Option` to
    /// represent this.
    pub fn is_nullable(&self, id: SchemaId) -> bool {
        self.contract.schemas.nullable(id) && !matches!(self.contract.schemas.kind(id), Kind::Any | Kind::Null)
    }

    /// Returns true if a member of the declared type `holder` needs a `Box`, because the types would otherwise
    /// contain themselves.
    pub fn is_boxed(&self, holder: TypeKey, held: SchemaId, direction: Direction) -> bool {
        self.direct(held, direction).is_some_and(|key| self.boxed.contains(&(holder, key)))
    }

    /// Returns the identity of the struct or union that is declared for a schema, after resolving aliases.
    pub fn direct(&self, id: SchemaId, direction: Direction) -> Option<TypeKey> {
        if self.custom_type(id).is_some() {
            return None;
        }
        let target = self.contract.schemas.target(id);
        let target = match self.contract.schemas.kind(target) {
            Kind::Object(ObjectShape { sparse_of: Some(complete), .. }) => self.contract.schemas.target(*complete),
            _ => target,
        };
        let key = TypeKey { schema: target, only: self.usage.only(target, direction) };
        let kind = self.contract.schemas.kind(target);
        let holds = matches!(kind, Kind::Union(_))
            || matches!(kind, Kind::Object(object) if !object.is_map() && self.page_of(object).is_none());
        (holds && self.names.contains_key(&key)).then_some(key)
    }

    /// Returns true if the declared type of a schema has a codec of its own: a struct, an enum, an identifier, or a
    /// type that contains itself. The other declared types are aliases.
    pub fn has_own_codec(&self, target: SchemaId) -> bool {
        let schema = self.contract.schemas.get(target);
        let plain =
            |object: &ObjectShape| object.sparse_of.is_none() && self.page_of(object).is_none() && !object.is_map();
        schema.holds_itself
            || match &schema.kind {
                Kind::Strings(_) | Kind::Union(_) => true,
                Kind::String(shape) => matches!(shape.format, Format::Id(_)),
                Kind::Object(object) => plain(object),
                _ => false,
            }
    }

    /// Returns the Rust type of a scalar schema, of which the type of a component is an alias. Returns `None` for a custom
    /// type.
    pub fn scalar(&self, id: SchemaId, direction: Direction) -> Option<Ty> {
        let target = self.contract.schemas.target(id);
        self.custom_type(id).is_none().then(|| self.structure(target, direction))
    }

    /// Returns true if the Rust type of an array schema is a `Vec`: a list that contains itself is a wrapper struct.
    pub fn is_vec(&self, array: SchemaId) -> bool {
        let schemas = &self.contract.schemas;
        self.custom_type(array).is_none() && !schemas.get(schemas.target(array)).holds_itself
    }

    /// Returns the custom type (`x-rust-type`) of a schema, after resolving aliases.
    pub fn custom_type(&self, id: SchemaId) -> Option<&'c RustType> {
        self.contract.schemas.nearest(id, |schema| schema.rust_type.as_ref())
    }

    /// Returns the name of a union branch for error messages: the name of its schema in the contract, otherwise
    /// the name of the variant.
    pub fn branch_name(&self, branch: SchemaId, variant: &str) -> String {
        let named =
            |schema: &'c writ_contract::model::Schema| schema.component.clone().or_else(|| schema.title.clone());
        self.contract.schemas.nearest(branch, named).unwrap_or_else(|| variant.to_owned())
    }

    /// Returns the variant names of a union, in the order of its branches.
    pub fn variant_names(&self, id: SchemaId) -> Vec<String> {
        union_variants(&self.contract.schemas, id).0
    }
}
