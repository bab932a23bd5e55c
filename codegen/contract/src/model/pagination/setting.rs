//! The `x-pagination` that applies to an operation.

use super::recognise::successful_body;
use crate::model::operation::Operation;
use crate::model::schema::{PageSetting, Schemas};

/// Returns `x-pagination` of an operation, or else of the schema of its successful response.
pub(super) fn setting<'m>(schemas: &'m Schemas, operation: &'m Operation) -> Option<&'m PageSetting> {
    let of_schema = || {
        let (_, schema) = successful_body(operation)?;
        schemas.nearest(schema, |schema| schema.pagination.as_ref())
    };
    operation.pagination.as_ref().or_else(of_schema)
}

/// Returns true if an operation only reads, so that a client may repeat it for the next page (RFC 9110 § 9.2.1).
pub(super) fn is_read(operation: &Operation) -> bool {
    matches!(operation.method.as_str(), "GET" | "QUERY")
}
