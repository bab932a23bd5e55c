//! The variant names of the Rust enum for a string enumeration.

use writ_contract::model::schema::StringEnum;

use crate::rust::names::distinct::{Collision, distinct};
use crate::rust::names::spelling::variant_names;

/// The variant of an open enum for strings that the contract does not list.
const UNLISTED: &str = "Unlisted";

/// Returns the variant names of a string enumeration in the order of its values, and the first collision of two
/// names.
pub fn enum_variants(listed: &StringEnum) -> (Vec<String>, Option<Collision>) {
    let own = listed.names.iter().map(Option::as_deref);
    distinct(listed.values.iter().zip(own).map(|(value, own)| {
        let mut names = variant_names(own.unwrap_or(value));
        // An open enum has a variant of ours for all other strings.
        if listed.open && names[0] == UNLISTED {
            names[0] = format!("{UNLISTED}Value");
        }
        names
    }))
}
