//! The commands of `cargo writ` as a library, for workspaces whose own tasks run the generator.

pub mod codegen;
pub mod terminal;
