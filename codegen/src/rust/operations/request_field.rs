//! One field of a request type, before the names of all fields are made distinct.

use crate::rust::plan::types::Ty;

/// One field before it has its name.
pub struct Field {
    pub docs: String,
    /// The type, where it is one of the contract's.
    pub ty: Option<Ty>,
    /// The type as it is shown.
    pub shown: String,
    /// Further names of the runtime that it shows.
    pub extra: Vec<&'static str>,
    pub decode: String,
    /// How the value is taken, with `{}` for the variable.
    pub take: String,
}
