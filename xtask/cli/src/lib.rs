//! The commands that serve any workspace, for `cargo writ` and for a workspace's own tasks.

pub mod codegen;
pub mod terminal;
