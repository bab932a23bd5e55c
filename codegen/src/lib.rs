//! Renders Rust handler traits, types and routing from an OpenAPI contract.
//!
//! Data flows one way: [`writ_contract`] reads and resolves, [`rust`] decides, [`render`]
//! writes text, [`output`] puts it on disk. Every stage reports into the same
//! [`writ_contract::diagnostic::Diagnostics`], so that one run names all that is wrong.

pub mod dependencies;
pub mod generate;
pub mod options;
pub mod output;
pub mod package;
pub mod render;
pub mod rust;
pub mod settings;
pub mod stub;
