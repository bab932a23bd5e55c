//! Generated expressions over the values of a schema: readers, rules, defaults, patterns and branches of unions.
//!
//! [`read`] builds the expression that reads a value. The other modules provide parts of this expression, and
//! the data of error bodies.

pub mod branch;
pub mod conform;
pub mod constrained;
pub mod default;
pub mod delimiters;
pub mod error_body;
pub mod form_fields;
pub mod pattern;
pub mod patterns;
pub mod read;
pub mod read_expression;
pub mod rule;
