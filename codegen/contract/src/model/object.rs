//! What the shape of an object says of it as a whole.

use super::schema::{Additional, ObjectShape};

impl ObjectShape {
    /// Returns true if the object has no properties of its own: it is a map.
    pub fn is_map(&self) -> bool {
        self.properties.is_empty() && matches!(self.additional, Additional::Kept(_))
    }
}
