//! The variant names of the Rust enum for a string enumeration.

use writ_contract::model::schema::StringEnum;

use crate::rust::names::ident::type_name;
use crate::rust::names::namespace::{Collision, distinct};

/// Returns the variant names of a string enumeration in the order of its values, and the first collision of two
/// names.
pub fn enum_variants(listed: &StringEnum) -> (Vec<String>, Option<Collision>) {
    let own = listed.names.iter().map(Option::as_deref);
    distinct(listed.values.iter().zip(own).map(|(value, own)| type_name(own.unwrap_or(value))))
}
