//! The identity of a schema.

/// The identity of a schema among the [`Schemas`](super::Schemas).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub(super) u32);

impl SchemaId {
    /// The index, for tables beside the schemas.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
