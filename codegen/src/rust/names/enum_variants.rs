//! The variants of the Rust enum of a string enumeration.

use writ_contract::model::schema::StringEnum;

use crate::rust::names::ident::type_name;
use crate::rust::names::namespace::distinct;

/// Returns the variants in the order of the values, and true if a number was needed to make them distinct.
pub fn enum_variants(listed: &StringEnum) -> (Vec<String>, bool) {
    let own = listed.names.iter().map(Option::as_deref);
    distinct(listed.values.iter().zip(own).map(|(value, own)| type_name(own.unwrap_or(value))))
}
