//! `serde` for the types of a contract, over their own reading and writing.
//!
//! What is serialized is the contract's wire form, and what is deserialized is validated by the
//! contract; an error names the fields. Only formats that people can read hold it: others, such as
//! `bincode`, are refused, since they do not carry what the contract leaves open.

#[cfg(test)]
mod tests;
mod transcode;

use std::fmt;

use serde_core::{de, ser};

pub use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::{Read, Reader, Write, Writer};
use crate::validate::violation::Violations;
use crate::values::page::Page;

/// Implements `Serialize` and `Deserialize` for types that implement [`Read`](crate::Read) and
/// [`Write`](crate::Write). `Type = read` reads one by another function.
#[macro_export]
macro_rules! serde {
    ($($name:ident $(= $read:expr)?),* $(,)?) => { $(
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::serde::serialize(self, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::serde::deserialize(deserializer, $crate::serde!(@read $name $($read)?))
            }
        }
    )* };
    (@read $name:ident) => { <$name as $crate::Read>::read };
    (@read $name:ident $read:expr) => { $read };
}

const BINARY: &str = "the types of a contract are values of JSON, which this format cannot hold";

/// Hands the wire form of a value to a serializer.
///
/// # Errors
/// If the format is not one that people can read, or the serializer fails.
pub fn serialize<S: Serializer>(value: &dyn Write, serializer: S) -> Result<S::Ok, S::Error> {
    if !serializer.is_human_readable() {
        return Err(ser::Error::custom(BINARY));
    }
    let mut writer = Writer::new();
    value.write(&mut writer);
    let written = writer.finish();
    transcode::transcode(&mut serde_json::Deserializer::from_slice(&written), serializer)
}

/// Reads a value from its wire form.
///
/// # Errors
/// If the format is not one that people can read, if the deserializer fails, or if the value is not
/// what the contract says: then with every violation and its field.
pub fn deserialize<'de, D, T>(deserializer: D, read: fn(&mut Reader<'_>) -> Option<T>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    if !deserializer.is_human_readable() {
        return Err(de::Error::custom(BINARY));
    }
    let mut bytes = Vec::with_capacity(256);
    transcode::transcode(deserializer, &mut serde_json::Serializer::new(&mut bytes)).map_err(de::Error::custom)?;
    let mut reader = Reader::json(&bytes);
    let value = read(&mut reader);
    reader.finish();
    let violations = reader.into_violations();
    value.filter(|_| violations.is_empty()).ok_or_else(|| de::Error::custom(Said(&violations)))
}

/// `items[0].quantity must be at least 1; name is required`.
struct Said<'v>(&'v Violations);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.list.iter().enumerate() {
            let field = if violation.field.is_empty() { "the value" } else { &violation.field };
            write!(f, "{}{field} {}", if index == 0 { "" } else { "; " }, violation.message)?;
        }
        Ok(())
    }
}

impl<'de, T: Read> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Page<T>, D::Error> {
        deserialize(deserializer, |r| r.page(T::read))
    }
}

impl<T: Write> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self, serializer)
    }
}
