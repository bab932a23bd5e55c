//! Fields that are optional and nullable, for which absent, null and a value have different meanings.

use crate::json::{Read, Reader, Write, Writer};

/// An optional and nullable field, as a merge patch contains it (RFC 7396).
///
/// ```
/// use writ_runtime::Patch;
///
/// // {"phone": null} clears the number; {} leaves it unchanged.
/// let stored = Some("+1 555 0100".to_owned());
/// assert_eq!(Patch::Null.apply(stored.clone()), None);
/// assert_eq!(Patch::Absent.apply(stored.clone()), stored);
/// assert_eq!(Patch::Value("+1 555 0199".to_owned()).apply(stored), Some("+1 555 0199".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// The field was not sent. Its current value remains.
    #[default]
    Absent,
    /// The field was sent as null. Its current value is removed.
    Null,
    /// The field was sent with a value. It replaces the current value.
    Value(T),
}

impl<T> Patch<T> {
    /// Returns true if the field was not sent.
    pub fn is_absent(&self) -> bool {
        matches!(self, Patch::Absent)
    }

    /// Returns the value, or `None` if the field is absent or null.
    pub fn value(self) -> Option<T> {
        match self {
            Patch::Value(value) => Some(value),
            Patch::Absent | Patch::Null => None,
        }
    }

    /// Returns the change to make: `None` if the field is absent, `Some(None)` if it is null.
    ///
    /// This is the shape that an update of a nullable database column needs.
    pub fn as_change(&self) -> Option<Option<&T>> {
        match self {
            Patch::Absent => None,
            Patch::Null => Some(None),
            Patch::Value(value) => Some(Some(value)),
        }
    }

    /// Returns the new value of a field whose current value is `current`.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Patch::Absent => current,
            Patch::Null => None,
            Patch::Value(value) => Some(value),
        }
    }

    /// Applies `f` to the value of the field, if there is one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(value) => Patch::Value(f(value)),
        }
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// Converts `Some` into [`Patch::Value`] and `None` into [`Patch::Null`].
    fn from(value: Option<T>) -> Patch<T> {
        value.map_or(Patch::Null, Patch::Value)
    }
}

impl Reader<'_> {
    /// Reads the value of a field that is optional and nullable. Generated code does not call it for an
    /// absent field.
    pub fn patch<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Patch<T>> {
        if self.take_null() { Some(Patch::Null) } else { read(self).map(Patch::Value) }
    }
}

impl Writer {
    /// Writes a field that is optional and nullable. An absent field is omitted.
    pub fn patch<T: Write>(&mut self, key: &'static str, value: &Patch<T>) {
        if !value.is_absent() {
            self.field(key, value);
        }
    }
}

impl<T: Read> Read for Patch<T> {
    /// Reads null or a value. [`Patch::Absent`] never results, since an absent field is not read.
    fn read(reader: &mut Reader<'_>) -> Option<Patch<T>> {
        reader.patch(T::read)
    }
}

impl<T: Write> Write for Patch<T> {
    /// Writes null or a value. [`Patch::Absent`] becomes null; [`Writer::patch`] omits the field instead.
    fn write(&self, writer: &mut Writer) {
        match self {
            Patch::Absent | Patch::Null => writer.null(),
            Patch::Value(value) => value.write(writer),
        }
    }
}
