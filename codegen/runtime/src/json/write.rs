//! [`Write`] for the Rust types of unnamed schemas, such as `i64`, `String` and `Vec<T>`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::codec::Write;
use super::writer::Writer;
use crate::validate::format;

macro_rules! write_as {
    ($($type:ty: $value:ident, $writer:ident => $write:expr;)*) => {
        $(impl Write for $type {
            fn write(&self, $writer: &mut Writer) {
                let $value = self;
                $write
            }
        })*
    };
}

write_as! {
    bool: value, writer => writer.bool(*value);
    i32: value, writer => writer.int((*value).into());
    i64: value, writer => writer.int(*value);
    u32: value, writer => writer.uint((*value).into());
    u64: value, writer => writer.uint(*value);
    f32: value, writer => writer.float32(*value);
    f64: value, writer => writer.float(*value);
    str: value, writer => writer.string(value);
    String: value, writer => writer.string(value);
    Value: value, writer => writer.value(value);
    Bytes: value, writer => writer.plain(STANDARD.encode(value).as_bytes());
    Uuid: value, writer => writer.plain(value.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
    DateTime<Utc>: value, writer => match format::show_date_time(value) {
        Some(text) => writer.plain(text.as_bytes()),
        None => writer.unwritable(value, "has a year that RFC 3339 cannot represent"),
    };
    NaiveDate: value, writer => match format::show_date(value) {
        Some(text) => writer.plain(text.as_bytes()),
        None => writer.unwritable(value, "has a year that RFC 3339 cannot represent"),
    };
}

impl Write for () {
    /// Writes JSON null.
    fn write(&self, writer: &mut Writer) {
        writer.null();
    }
}

impl Write for Decimal {
    /// Writes a decimal number as a JSON string, so that no client reads it as a binary floating-point number.
    /// [`DecimalNumber`] is written as a JSON number.
    fn write(&self, writer: &mut Writer) {
        writer.plain(self.to_string().as_bytes());
    }
}

/// A decimal number that is written as a JSON number, for schemas with `type: number` and
/// `format: decimal`.
///
/// ```
/// use writ_runtime::{Decimal, DecimalNumber, Write, Writer};
///
/// let price = DecimalNumber::from("19.90".parse::<Decimal>().unwrap());
/// let mut writer = Writer::new();
/// price.write(&mut writer);
/// assert_eq!(writer.finish()?, b"19.90");
/// # Ok::<(), writ_runtime::Unwritable>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DecimalNumber(pub Decimal);

impl From<Decimal> for DecimalNumber {
    fn from(number: Decimal) -> DecimalNumber {
        DecimalNumber(number)
    }
}

impl From<DecimalNumber> for Decimal {
    fn from(number: DecimalNumber) -> Decimal {
        number.0
    }
}

impl std::ops::Deref for DecimalNumber {
    type Target = Decimal;

    fn deref(&self) -> &Decimal {
        &self.0
    }
}

impl std::fmt::Display for DecimalNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Write for DecimalNumber {
    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0.to_string());
    }
}

impl<T: Write> Write for Option<T> {
    /// Writes an optional value as JSON, with null for `None`. [`Writer::optional`] omits the field instead.
    fn write(&self, writer: &mut Writer) {
        match self {
            Some(value) => value.write(writer),
            None => writer.null(),
        }
    }
}

impl<T: Write> Write for [T] {
    fn write(&self, writer: &mut Writer) {
        writer.begin_array();
        for element in self {
            element.write(writer);
        }
        writer.end_array();
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, writer: &mut Writer) {
        self.as_slice().write(writer);
    }
}

impl<T: Write> Write for BTreeMap<String, T> {
    fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        for (key, value) in self {
            writer.key(key);
            value.write(writer);
        }
        writer.end_object();
    }
}

impl<T: Write + ?Sized> Write for Box<T> {
    fn write(&self, writer: &mut Writer) {
        (**self).write(writer);
    }
}

impl<T: Write + ?Sized> Write for &T {
    fn write(&self, writer: &mut Writer) {
        (**self).write(writer);
    }
}
