//! Validation: the rules of a schema as constant data, and the violations of an input.

pub mod format;
pub mod pattern;
pub mod rules;
pub mod violation;
