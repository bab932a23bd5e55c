//! The two traits that the types of a contract implement.

use super::reader::Reader;
use super::writer::Writer;

/// A type of the contract that input is read into.
pub trait Read: Sized {
    /// Reads one value. `None` means that at least one violation was recorded; the reader stands
    /// behind the value either way.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;
}

/// A type of the contract that an answer is written from.
pub trait Write {
    /// Writes one value, and only one.
    fn write(&self, writer: &mut Writer);
}
