//! The pass that finds moments: parameters that accept a date and time or a plain date.

use super::schema::{Format, Kind, Schema, SchemaId, Schemas, StringShape};
use super::{Contract, Options};
use crate::diagnostic::Diagnostics;

/// Gives each parameter whose schema is a union of the formats `date-time` and `date` the type of a moment.
///
/// Filters such as `createdAfter` accept both spellings of a time. Only parameters are changed: a body is also written, and
/// it keeps the spelling.
pub fn find_moments(contract: &mut Contract, _: &Options, _: &mut Diagnostics) {
    let schemas = &mut contract.schemas;
    for parameter in contract.operations.iter_mut().flat_map(|operation| &mut operation.parameters) {
        if !is_moment(schemas, parameter.schema) {
            continue;
        }
        let kind = Kind::String(StringShape { format: Format::Moment, ..StringShape::default() });
        let default = schemas.nearest(parameter.schema, |schema| schema.default.clone());
        let schema = Schema { component: None, default, kind, ..schemas.get(parameter.schema).clone() };
        parameter.schema = schemas.add(schema);
    }
}

/// Returns true if a schema is a union of exactly a date and time and a date, without other constraints.
fn is_moment(schemas: &Schemas, id: SchemaId) -> bool {
    let Kind::Union(union) = schemas.kind(id) else { return false };
    let is = |id: &SchemaId, format: Format| {
        let shape = StringShape { format, ..StringShape::default() };
        matches!(schemas.kind(*id), Kind::String(found) if *found == shape) && !is_changed(schemas, *id)
    };
    let [one, other] = union.branches.as_slice() else { return false };
    let both = (is(one, Format::DateTime) && is(other, Format::Date))
        || (is(one, Format::Date) && is(other, Format::DateTime));
    both && !is_changed(schemas, id)
}

/// Returns true if a schema can be null or has a custom type or keywords that need the interpreter.
fn is_changed(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.nullable(id)
        || schemas
            .nearest(id, |schema| (schema.rust_type.is_some() || schema.interpreted.is_some()).then_some(()))
            .is_some()
}
