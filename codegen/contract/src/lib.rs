//! Reads OpenAPI contracts, knowing neither Rust nor any template: generator, lint, diff and editor
//! support stand on it.
//!
//! [`source`] holds the text of files and places in it, [`diagnostic`] is the record of every problem,
//! [`document`] reads files into spanned trees and resolves references, and [`model`] is the contract
//! resolved and merged.

pub mod diagnostic;
pub mod document;
pub mod model;
pub mod source;
