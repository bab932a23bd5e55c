//! Renders Rust handler traits, types and routing from an OpenAPI contract.
//!
//! Data flows one way: [`document`] reads, [`contract`] resolves, [`rust`] decides, [`render`]
//! writes text, [`output`] puts it on disk. Every stage reports into the same
//! [`diagnostic::Diagnostics`], so that one run names all that is wrong.

pub mod contract;
pub mod diagnostic;
pub mod document;
pub mod generate;
pub mod options;
pub mod output;
pub mod render;
pub mod rust;
pub mod settings;
pub mod standalone;
