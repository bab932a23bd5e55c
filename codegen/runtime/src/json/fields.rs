//! Writing the fields of an object.

use super::codec::Write;
use super::writer::Writer;

impl Writer {
    /// Writes a required field of an object.
    pub fn field(&mut self, key: &'static str, value: &dyn Write) {
        if self.keeps(key) {
            self.key(key);
            value.write(self);
        }
    }

    /// Writes an optional field of an object, or nothing if there is no value.
    pub fn optional(&mut self, key: &'static str, value: Option<&dyn Write>) {
        if let Some(value) = value {
            self.field(key, value);
        }
    }

    /// Writes an optional field of an object, or nothing for `None`.
    pub fn maybe<T: Write>(&mut self, key: &'static str, value: &Option<T>) {
        self.optional(key, value.as_ref().map(|value| value as &dyn Write));
    }
}
