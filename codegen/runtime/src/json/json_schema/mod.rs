//! The rare keywords of JSON Schema, which an interpreter checks: `not`, `if`, `contains`, `patternProperties`
//! and their like. Only contracts that hold them link it.

mod formats;
mod messages;
mod validator;

pub use validator::{Dialect, SchemaValidator};
