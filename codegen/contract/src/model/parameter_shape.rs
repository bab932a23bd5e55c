//! The shape of the values of a parameter: an array, an object, or a single value.

use std::collections::HashSet;

use super::schema::{Additional, Kind, SchemaId, Schemas};

/// The shape of a parameter whose schema allows arrays or objects. Any other parameter has a single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterShape {
    /// The parameter is an array.
    Array {
        /// True if the schema of the parameter also allows a single value.
        or_scalar: bool,
    },
    /// The parameter is an object.
    Object,
}

impl ParameterShape {
    /// Returns the name of the shape, as the runtime's `ValueKind` spells it.
    pub fn kind(self) -> &'static str {
        match self {
            ParameterShape::Array { .. } => "Array",
            ParameterShape::Object => "Object",
        }
    }
}

/// Returns the shape of a parameter or header with a schema, or `None` for a single value.
///
/// If a union allows arrays and objects, the first of these branches decides.
pub fn parameter_shape(schemas: &Schemas, schema: SchemaId) -> Option<ParameterShape> {
    let leaves = leaves(schemas, schema);
    let structured = leaves.iter().find(|kind| matches!(kind, Kind::Array(_) | Kind::Object(_)))?;
    Some(match structured {
        Kind::Array(_) => ParameterShape::Array { or_scalar: leaves.iter().any(|kind| allows_scalar(kind)) },
        _ => ParameterShape::Object,
    })
}

/// Returns the property names of an object parameter. Returns `None` if its values can have other names too.
pub fn property_names(schemas: &Schemas, schema: SchemaId) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for kind in leaves(schemas, schema) {
        let Kind::Object(object) = kind else { continue };
        if matches!(object.additional, Additional::Kept(_)) {
            return None;
        }
        for property in &object.properties {
            if !names.contains(&property.name) {
                names.push(property.name.clone());
            }
        }
    }
    Some(names)
}

/// Returns the kinds of a schema that are not unions: its own kind, or those of the branches at every depth.
pub fn leaves(schemas: &Schemas, schema: SchemaId) -> Vec<&Kind> {
    let mut found = Vec::new();
    let mut met = HashSet::new();
    let mut pending = vec![schema];
    while let Some(next) = pending.pop() {
        let target = schemas.target(next);
        if !met.insert(target) {
            continue;
        }
        match schemas.kind(target) {
            Kind::Union(union) => pending.extend(union.branches.iter().rev()),
            kind => found.push(kind),
        }
    }
    found
}

/// Returns true if a kind allows a value that is neither null, an array nor an object.
pub fn allows_scalar(kind: &Kind) -> bool {
    match kind {
        Kind::Any | Kind::Boolean | Kind::Integer(_) | Kind::Number(_) | Kind::String(_) | Kind::Strings(_) => true,
        Kind::Values(values) => values.iter().any(|value| !value.is_null() && !value.is_array() && !value.is_object()),
        Kind::Null | Kind::Array(_) | Kind::Object(_) | Kind::Union(_) | Kind::Alias(_) => false,
    }
}
