//! The variants of the Rust enum of a string enumeration.

use writ_contract::model::schema::StringEnum;

use crate::rust::names::ident::type_name;
use crate::rust::names::namespace::{Collision, distinct};

/// Returns the variants in the order of the values, and the first collision of two of them.
pub fn enum_variants(listed: &StringEnum) -> (Vec<String>, Option<Collision>) {
    let own = listed.names.iter().map(Option::as_deref);
    distinct(listed.values.iter().zip(own).map(|(value, own)| type_name(own.unwrap_or(value))))
}
