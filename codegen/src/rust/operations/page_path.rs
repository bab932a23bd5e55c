//! The fields of generated structs that lead from a response body to a member of a page.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::schema::Kind;
use writ_contract::model::{Direction, SchemaId};

use crate::rust::plan::types::TypePlan;
use crate::rust::types::fields::{Presence, fields};

/// A step of a path: a field of a struct.
pub struct PathStep {
    /// The Rust name of the field.
    pub field: String,
    /// The type that holds the value of the field.
    pub owner: Owner,
}

/// The type that holds the value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The field is the value.
    Value,
    /// The field is an `Option` of the value.
    Option,
    /// The field is a `Patch` of the value.
    Patch,
}

/// Returns the fields of a path of properties. Returns `None` if a property has no field, because its object is a map, a
/// custom type or not a struct.
pub fn steps(plan: &TypePlan<'_>, body: SchemaId, path: &[String], direction: Direction) -> Option<Vec<PathStep>> {
    let schemas = &plan.contract.schemas;
    let mut schema = body;
    let mut steps = Vec::new();
    for name in path {
        if let Kind::Object(object) = schemas.kind(schema)
            && plan.page_of(object).is_some()
        {
            // The fields of the runtime's `Page` have the names of its properties.
            let property = object.properties.iter().find(|property| property.name == *name)?;
            steps.push(PathStep { field: name.clone(), owner: Owner::Value });
            schema = property.schema;
            continue;
        }
        let key = plan.direct(schema, direction)?;
        let fields = fields(plan, key, &mut Diagnostics::new());
        let field = fields.into_iter().find(|field| field.property.name == *name)?;
        let owner = match field.presence {
            Presence::Required | Presence::Defaulted => Owner::Value,
            Presence::RequiredNullable | Presence::Optional | Presence::DefaultedNullable => Owner::Option,
            Presence::Patch => Owner::Patch,
            Presence::Tag => return None,
        };
        steps.push(PathStep { field: field.name, owner });
        schema = field.property.schema;
    }
    plan.is_vec(schema).then_some(steps)
}
