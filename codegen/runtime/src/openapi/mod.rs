//! The OpenAPI layer: a contract as a document of the crate `utoipa`, without any loss (feature `openapi`).
//!
//! [`read`] parses a contract; generated code calls it to return the contract, for example for documentation
//! pages. [`merge`] combines two documents, for services that document hand-written routes with `utoipa`.
//!
//! The deserialization of `utoipa` drops keywords that its model lacks, and rejects schemas without a `type`.
//! This module converts an object of the contract to a field of the model only if the model represents it
//! exactly. Otherwise the object is stored in `extensions`, which are serialized under their original names.

mod document;
mod merge;
mod part;
#[cfg(test)]
mod tests;

use serde_json::Value;
use utoipa::openapi::OpenApi;

pub use merge::merge;

/// Parses the JSON text of an OpenAPI 3.1 or 3.2 document. Returns an empty document if it is none.
///
/// If the result is serialized again, it is equal to the input, with these exceptions: `required: false` of
/// parameters, empty `paths`, `responses` and `content`, the title and the version are always written, the patch version
/// is lost, and names of HTTP authentication schemes are in lower case. Fields are in the order of the model of
/// `utoipa`.
///
/// ```
/// let document = writ_runtime::openapi::read(
///     r#"{"openapi":"3.1.0","info":{"title":"Shop","version":"1.0.0"},"paths":{}}"#,
/// );
/// assert_eq!(document.info.title, "Shop");
/// ```
pub fn read(json: &str) -> OpenApi {
    let parsed: Option<Value> = serde_json::from_str(json).ok();
    parsed.and_then(|value| document::document(&value)).unwrap_or_default()
}
