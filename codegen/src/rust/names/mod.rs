//! Names: Rust identifiers from any text of a contract, each taken once.
//!
//! [`ident`] converts text to identifiers. [`namespace`] takes each name once and reports collisions. The
//! other modules name variants, statuses and media types.

pub mod enum_variants;
pub mod ident;
pub mod media;
pub mod namespace;
pub mod requested_names;
pub mod status;
pub mod union_variants;
