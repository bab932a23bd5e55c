//! Properties of object schemas that follow from their shape.

use super::schema::{Additional, ObjectShape};

impl ObjectShape {
    /// Returns true if the object is a map: it has no named properties, and values of other names are kept.
    pub fn is_map(&self) -> bool {
        self.properties.is_empty() && matches!(self.additional, Additional::Kept(_))
    }
}
