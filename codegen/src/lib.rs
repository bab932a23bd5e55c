//! The generator.

pub mod diagnostic;
pub mod document;
pub mod output;
