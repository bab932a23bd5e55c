//! Reading JSON values of any type, and [`Read`] for the Rust types of unnamed schemas such as `i64` and
//! `Vec<T>`.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::codec::Read;
use super::reader::{Reader, Source};
use super::text::{TextValue, is_numbered};
use super::token::Kind;
use super::write::DecimalNumber;
use crate::validate::rules::{ArrayRule, IntegerRule, MapRule, NumberRule, StringRule};

/// Parses a JSON value that the contract contains, for example in an `enum` of several types. Returns `None` if
/// the text is not valid JSON.
pub fn value(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Returns the default value of an absent parameter or field by reading the contract's `default`, which `json`
/// contains as JSON text.
///
/// The generator has checked the default against its schema. If reading it still fails, the result is `None`,
/// and the caller receives a 500, since the contract is wrong and not the request.
///
/// ```
/// use writ_runtime::{Read, default_value};
///
/// assert_eq!(default_value("20", i32::read), Some(20));
/// ```
pub fn default_value<T>(json: &str, read: impl FnOnce(&mut Reader<'_>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::json(json.as_bytes());
    let value = read(&mut reader);
    reader.finish();
    value.filter(|_| reader.into_violations().is_empty())
}

impl Reader<'_> {
    /// Reads a value of any type as a [`Value`]. The scalars of a parameter or form are strings.
    pub fn any(&mut self) -> Option<Value> {
        let kind = match &mut self.source {
            Source::Json(scan) => match scan.peek() {
                Ok(kind) => kind,
                Err(fault) => {
                    self.broken(fault);
                    return None;
                }
            },
            Source::Text(text) => match &text.current {
                Some(TextValue::Null) => Kind::Null,
                Some(TextValue::Map(map)) if is_numbered(map) => Kind::Array,
                Some(TextValue::Map(_)) => Kind::Object,
                Some(TextValue::List(_)) => Kind::Array,
                _ => Kind::String,
            },
        };
        match kind {
            Kind::Null => self.null().map(|()| Value::Null),
            Kind::Bool => self.bool().map(Value::Bool),
            Kind::Number => self.any_number().map(Value::Number),
            Kind::String => self.string(&StringRule::NONE).map(Value::String),
            Kind::Array => self.array(&ArrayRule::NONE, Reader::any).map(Value::Array),
            Kind::Object => {
                let entries = self.map(&MapRule::NONE, Reader::any)?;
                Some(Value::Object(entries.into_iter().collect::<Map<_, _>>()))
            }
        }
    }

    fn any_number(&mut self) -> Option<Number> {
        let text = std::str::from_utf8(self.raw()?).unwrap_or_default();
        let integer = text.parse::<u64>().map(Number::from).or_else(|_| text.parse::<i64>().map(Number::from));
        // `serde_json` does not always round floating-point numbers to the nearest value.
        let number = integer.ok().or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
        if number.is_none() {
            self.violations.record(format_args!("must be within the range of 64-bit numbers"));
        }
        number
    }
}

macro_rules! read {
    ($($type:ty: $reader:ident => $read:expr;)*) => {
        $(impl Read for $type {
            // The method of the reader is large, so it is not inlined into generated code; this wrapper is.
            #[inline]
            fn read($reader: &mut Reader<'_>) -> Option<$type> {
                $read
            }
        })*
    };
}

read! {
    bool: reader => reader.bool();
    i32: reader => reader.int32(&IntegerRule::NONE);
    i64: reader => reader.int64(&IntegerRule::NONE);
    u32: reader => reader.uint32(&IntegerRule::NONE);
    u64: reader => reader.uint64(&IntegerRule::NONE);
    f32: reader => reader.float32(&NumberRule::NONE);
    f64: reader => reader.float64(&NumberRule::NONE);
    String: reader => reader.string(&StringRule::NONE);
    Decimal: reader => reader.decimal(&NumberRule::NONE);
    DecimalNumber: reader => reader.decimal_number(&NumberRule::NONE);
    DateTime<Utc>: reader => reader.date_time();
    NaiveDate: reader => reader.date();
    Uuid: reader => reader.uuid();
    Bytes: reader => reader.bytes();
    Value: reader => reader.any();
}

impl<T: Read> Read for Vec<T> {
    fn read(reader: &mut Reader<'_>) -> Option<Vec<T>> {
        reader.array(&ArrayRule::NONE, T::read)
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(reader: &mut Reader<'_>) -> Option<BTreeMap<String, T>> {
        reader.map(&MapRule::NONE, T::read)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(reader: &mut Reader<'_>) -> Option<Box<T>> {
        T::read(reader).map(Box::new)
    }
}
