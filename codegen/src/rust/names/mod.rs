//! Rust names: identifiers that are made from any text of a contract, each taken once.
//!
//! [`ident`] converts text to identifiers. [`namespace`] ensures that each name is taken once, and reports
//! collisions. The other modules name variants, statuses and media types.

pub mod enum_variants;
pub mod ident;
pub mod media;
pub mod namespace;
pub mod requested_names;
pub mod status;
pub mod union_variants;
