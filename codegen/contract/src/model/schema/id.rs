//! The identifier of a schema in the model.

/// The identifier of a schema among the [`Schemas`](super::Schemas) of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub(super) u32);

impl SchemaId {
    /// Returns the index of the schema, for tables with one entry for each schema.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
