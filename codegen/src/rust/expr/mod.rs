//! Generated expressions over the values of a schema: readers, rules, defaults, patterns and branches of unions.
//!
//! [`read`] builds the expression that reads a value. The other modules provide parts of this expression, and
//! the code that writes the error envelope.

pub mod branch;
pub mod default;
pub mod delimiters;
pub mod envelope;
pub mod form_fields;
pub mod pattern;
pub mod patterns;
pub mod read;
pub mod read_expression;
pub mod rule;
