//! A field that is optional and nullable: absent, null and a value are three different wishes.

use crate::json::{Write, Writer};

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

impl<T: Write> Write for Patch<T> {
    /// An absent value where one must stand is null; [`Writer::patch`] leaves the field out.
    fn write(&self, writer: &mut Writer) {
        match self {
            Patch::Absent | Patch::Null => writer.null(),
            Patch::Value(value) => value.write(writer),
        }
    }
}
