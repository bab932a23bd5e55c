//! Names: Rust identifiers out of any text, taken once each.

pub mod enum_variants;
pub mod ident;
pub mod media;
pub mod namespace;
pub mod requested_names;
pub mod status;
pub mod union_variants;
