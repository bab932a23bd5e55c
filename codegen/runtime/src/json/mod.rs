//! Reading and writing JSON, and reading the text of parameters and forms by the same functions.

mod object;
mod reader;
mod text;
mod union;
mod writer;

pub use object::Object;
pub use reader::Reader;
pub use text::TextValue;
pub use union::{Branch, Types};
pub use writer::Writer;

/// A type of the contract that input is read into.
pub trait Read: Sized {
    /// Reads one value. `None` means that at least one violation was recorded; either way the
    /// reader stands behind the value.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;
}

/// A type of the contract that an answer is written from.
pub trait Write {
    /// Writes one value.
    fn write(&self, writer: &mut Writer);
}
