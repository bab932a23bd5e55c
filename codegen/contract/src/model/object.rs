//! The check whether an object schema describes a map instead of an object with named properties.

use super::schema::{Additional, ObjectShape};

impl ObjectShape {
    /// Returns true if an object schema is a map: it names no properties, and keeps properties that it does not name.
    pub fn is_map(&self) -> bool {
        self.properties.is_empty() && matches!(self.additional, Additional::Kept(_))
    }
}
