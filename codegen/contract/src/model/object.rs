//! The test if an object schema describes a map instead of an object with named properties.

use super::schema::{Additional, ObjectShape};

impl ObjectShape {
    /// Returns true if the object schema is a map: it has no named properties, and other properties are kept.
    pub fn is_map(&self) -> bool {
        self.properties.is_empty() && matches!(self.additional, Additional::Kept(_))
    }
}
