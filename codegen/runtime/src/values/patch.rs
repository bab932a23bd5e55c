//! Fields that are optional and nullable, such as those of a merge patch: absent, null and a value have
//! different meanings.

use crate::json::{Checker, Conform, Read, Reader, Write, Writer};

/// The value of a field that is optional and nullable, as in a merge patch (RFC 7396).
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
    /// The field is absent: the current value remains.
    #[default]
    Absent,
    /// The field is null: the current value is removed.
    Null,
    /// The field has a value, which replaces the current one.
    Value(T),
}

impl<T> Patch<T> {
    /// Returns true if the field is absent from the JSON object.
    pub fn is_absent(&self) -> bool {
        matches!(self, Patch::Absent)
    }

    /// Returns the value of the field, or `None` if the field is absent or null.
    pub fn value(self) -> Option<T> {
        match self {
            Patch::Value(value) => Some(value),
            Patch::Absent | Patch::Null => None,
        }
    }

    /// Returns the change that a patch makes to the field: `None` if the field is absent, `Some(None)` if it is
    /// null.
    ///
    /// This shape suits the update of a nullable database column.
    pub fn as_change(&self) -> Option<Option<&T>> {
        match self {
            Patch::Absent => None,
            Patch::Null => Some(None),
            Patch::Value(value) => Some(Some(value)),
        }
    }

    /// Returns the value of the field after the patch, if the value before it is `current`.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Patch::Absent => current,
            Patch::Null => None,
            Patch::Value(value) => Some(value),
        }
    }

    /// Converts the value of a patch's field by `f`. An absent field stays absent, and null stays null.
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
    /// Reads the value of a field that is optional and nullable. Generated code calls it only if the field is
    /// present.
    pub fn patch<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Patch<T>> {
        self.nullable(read).map(|value| value.map_or(Patch::Null, Patch::Value))
    }
}

impl Writer {
    /// Writes a field of a JSON object that is optional and nullable. An absent field is omitted.
    pub fn patch<T: Write>(&mut self, key: &'static str, value: &Patch<T>) {
        if !value.is_absent() {
            self.field(key, value);
        }
    }
}

impl<T: Read> Read for Patch<T> {
    /// Reads a field that is optional and nullable: null or a value. The result is never [`Patch::Absent`], since
    /// an absent field is not read.
    fn read(reader: &mut Reader<'_>) -> Option<Patch<T>> {
        reader.patch(T::read)
    }
}

impl<T: Write> Write for Patch<T> {
    /// Writes the value of a field that is optional and nullable. [`Patch::Absent`] is written as null too;
    /// [`Writer::patch`] omits the field instead.
    fn write(&self, writer: &mut Writer) {
        match self {
            Patch::Absent | Patch::Null => writer.null(),
            Patch::Value(value) => value.write(writer),
        }
    }
}
impl Checker<'_> {
    /// Checks the value of an optional and nullable field of an object, unless it is absent or null.
    pub fn patch<R, T: Conform<R>>(&mut self, name: &'static str, value: &Patch<T>, rule: &R) {
        if let Patch::Value(value) = value {
            self.field(name, value, rule);
        }
    }
}
