//! Expressions over one schema: how a value is read, defaulted, matched against a pattern and written.

pub mod branch;
pub mod default;
pub mod envelope;
pub mod form_fields;
pub mod pattern;
pub mod patterns;
pub mod read;
pub mod read_expression;
pub mod rule;
