//! Rust names: identifiers that are made from any text of a contract, each taken once.
//!
//! [`ident`] converts text to identifiers. [`namespace`] ensures that each name of a module is taken once, and
//! [`distinct`] does so within one type; both report collisions. The other modules name variants, statuses, media types and
//! variables.

pub mod distinct;
pub mod enum_variants;
pub mod ident;
pub mod locals;
pub mod media;
pub mod namespace;
pub mod requested_names;
pub mod spelling;
pub mod status;
pub mod union_variants;
