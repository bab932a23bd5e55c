//! The JSON Schema interpreter for rare keywords: `not`, `if`, `contains`, `patternProperties` and others. Only
//! contracts with such keywords enable the feature `jsonschema`.

mod formats;
mod messages;
mod validator;

pub use validator::{Dialect, SchemaValidator};
