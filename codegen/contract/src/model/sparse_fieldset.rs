//! Sparse fieldsets: responses with only those fields that the caller requested.

use super::SchemaId;
use super::envelope::is_error;
use super::operation::Operation;
use super::schema::{Kind, ObjectShape, Schemas};

/// Returns the sparse fieldset (fields that the caller selects) of an operation's successful response, if it has one.
///
/// If the response is a page of a list, returns the sparse fieldset of the list's elements and the name of the
/// property that contains the list.
pub fn sparse_response<'s>(schemas: &'s Schemas, operation: &Operation) -> Option<(Option<&'s str>, &'s ObjectShape)> {
    let sparse = |id: SchemaId| match schemas.kind(id) {
        Kind::Object(object) if object.sparse_of.is_some() => Some(object),
        _ => None,
    };
    let successes = operation.responses.iter().filter(|response| !is_error(response, operation));
    let mut schemas_sent = successes.flat_map(|response| &response.content).filter_map(|content| content.schema);
    schemas_sent.find_map(|schema| match (sparse(schema), schemas.kind(schema)) {
        (Some(fieldset), _) => Some((None, fieldset)),
        (None, Kind::Object(page)) => page.properties.iter().find_map(|property| match schemas.kind(property.schema) {
            Kind::Array(array) => Some((Some(property.name.as_str()), sparse(array.items)?)),
            _ => None,
        }),
        _ => None,
    })
}
