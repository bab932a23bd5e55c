//! Validation: the constraints of a schema as constant data, and the violations of a value.
//!
//! Generated code passes the rules in [`rules`] to the reader, with a [`pattern::Pattern`] or a
//! [`format::Format`] for strings. Each constraint that a value breaks becomes a
//! [`violation::Violation`], which names the location, the field and the constraint for the caller.

pub mod format;
pub mod pattern;
pub mod rules;
pub mod violation;
