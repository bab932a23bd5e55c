//! The methods of the JSON writer for the fields of an object.

use super::codec::Write;
use super::writer::Writer;

impl Writer {
    /// Writes the key and the value of a required field of a JSON object, unless the sparse fieldset omits it.
    pub fn field(&mut self, key: &'static str, value: &dyn Write) {
        if self.keeps(key) {
            self.key(key);
            value.write(self);
        }
    }

    /// Writes an optional field of a JSON object, or nothing if there is no value.
    pub fn optional(&mut self, key: &'static str, value: Option<&dyn Write>) {
        if let Some(value) = value {
            self.field(key, value);
        }
    }

    /// Writes an optional field of a JSON object, or nothing if `value` is `None`.
    pub fn maybe<T: Write>(&mut self, key: &'static str, value: &Option<T>) {
        self.optional(key, value.as_ref().map(|value| value as &dyn Write));
    }
}
