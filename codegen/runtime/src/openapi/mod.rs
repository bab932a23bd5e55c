//! A contract as a value of `utoipa`, in which nothing of it is lost.
//!
//! `utoipa`'s own reading drops the keywords that its model has no field for, and refuses schemas
//! without a `type`. Here a part of the contract becomes a field of the model where the model says
//! the same, and otherwise one of the `extensions`, which are written out under the names they have.

mod document;
mod merge;
mod part;
#[cfg(test)]
mod tests;

use serde_json::Value;
use utoipa::openapi::OpenApi;

pub use merge::merge;

/// The document that a JSON text of OpenAPI 3.1 or 3.2 is; an empty one where it is none.
///
/// Written as JSON again, it is the same but for what the model always writes: `required: false` on
/// parameters, `paths` and `responses` even when they are empty, the version without its patch. The
/// schemes of HTTP authentication are in small letters. Entries come in the order of the model.
pub fn read(json: &str) -> OpenApi {
    let parsed: Option<Value> = serde_json::from_str(json).ok();
    parsed.and_then(|value| document::document(&value)).unwrap_or_default()
}
