//! A field that is optional and nullable: absent, null and a value are three different wishes.

use crate::json::{Read, Reader, Write, Writer};

/// An optional and nullable field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// The field was not sent: leave it as it is.
    #[default]
    Absent,
    /// The field was sent as null: clear it.
    Null,
    /// The field was sent with a value: set it.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the field was not sent.
    pub fn is_absent(&self) -> bool {
        matches!(self, Patch::Absent)
    }

    /// The value, where one was sent.
    pub fn value(self) -> Option<T> {
        match self {
            Patch::Value(value) => Some(value),
            Patch::Absent | Patch::Null => None,
        }
    }

    /// `None` when absent, `Some(None)` when null.
    pub fn as_change(&self) -> Option<Option<&T>> {
        match self {
            Patch::Absent => None,
            Patch::Null => Some(None),
            Patch::Value(value) => Some(Some(value)),
        }
    }

    /// What the field becomes when it was `current`.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Patch::Absent => current,
            Patch::Null => None,
            Patch::Value(value) => Some(value),
        }
    }

    /// The same wish with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(value) => Patch::Value(f(value)),
        }
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// `None` is null.
    fn from(value: Option<T>) -> Patch<T> {
        value.map_or(Patch::Null, Patch::Value)
    }
}

impl Reader<'_> {
    /// Reads the value of a field that is optional and nullable; a field that is absent is not read.
    pub fn patch<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Patch<T>> {
        if self.take_null() { Some(Patch::Null) } else { read(self).map(Patch::Value) }
    }
}

impl Writer {
    /// Writes a field that may be absent or null.
    pub fn patch<T: Write>(&mut self, key: &'static str, value: &Patch<T>) {
        if !value.is_absent() {
            self.field(key, value);
        }
    }
}

impl<T: Read> Read for Patch<T> {
    /// Null or a value; that it is absent shows by not being read.
    fn read(reader: &mut Reader<'_>) -> Option<Patch<T>> {
        reader.patch(T::read)
    }
}

impl<T: Write> Write for Patch<T> {
    /// An absent value where one must stand is null; [`Writer::patch`] leaves the field out.
    fn write(&self, writer: &mut Writer) {
        match self {
            Patch::Absent | Patch::Null => writer.null(),
            Patch::Value(value) => value.write(writer),
        }
    }
}
