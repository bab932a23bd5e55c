//! The commands of `cargo writ` as a library, for the tasks of a workspace that build on them.

pub mod codegen;
pub mod terminal;
