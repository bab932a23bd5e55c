//! A sort order: one name of the contract and a direction.

use crate::json::{Read, Reader};
use crate::named::Named;

/// What to sort by and in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort<T> {
    /// The field.
    pub by: T,
    /// Whether the greatest comes first (`-name`).
    pub descending: bool,
}

impl<T: Named> Read for Sort<T> {
    fn read(reader: &mut Reader<'_>) -> Option<Sort<T>> {
        let _ = reader;
        None
    }
}
