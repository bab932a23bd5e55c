//! The serde layer: `Serialize` and `Deserialize` for the types of a contract (feature `serde`).
//!
//! [`serialize`] and [`deserialize`] use [`Write`] and [`Read`], so that the serialized form is the JSON of the
//! contract, and deserialization validates. The error lists every violation with its field. Only human-readable
//! formats are supported. Binary formats such as `bincode` are rejected, since they do not store the types of
//! the values.
//!
//! The macro [`serde!`](crate::serde!) implements both traits. Generated code calls it:
//!
//! ```
//! use writ_runtime::{Read, Reader, StringRule, Write, Writer};
//!
//! #[derive(Debug, PartialEq)]
//! struct Name(String);
//!
//! impl Read for Name {
//!     fn read(r: &mut Reader<'_>) -> Option<Name> {
//!         r.string(&StringRule { min: 1, ..StringRule::NONE }).map(Name)
//!     }
//! }
//!
//! impl Write for Name {
//!     fn write(&self, w: &mut Writer) {
//!         w.string(&self.0);
//!     }
//! }
//!
//! writ_runtime::serde!(Name);
//!
//! assert_eq!(serde_json::from_str::<Name>(r#""Ann""#).unwrap(), Name("Ann".to_owned()));
//! let error = serde_json::from_str::<Name>(r#""""#).unwrap_err();
//! assert_eq!(error.to_string(), "the value must have at least 1 character");
//! ```

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
/// [`Write`](crate::Write). A type listed as `Type = function` is read by that function instead of `Read`.
///
/// Type parameters begin with underscores, since a contract can name a type `S` or `D`.
#[macro_export]
macro_rules! serde {
    ($($name:ident $(= $read:expr)?),* $(,)?) => { $(
        impl $crate::serde::Serialize for $name {
            fn serialize<__S: $crate::serde::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                $crate::serde::serialize(self, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<__D: $crate::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                $crate::serde::deserialize(deserializer, $crate::serde!(@read $name $($read)?))
            }
        }
    )* };
    (@read $name:ident) => { <$name as $crate::Read>::read };
    (@read $name:ident $read:expr) => { $read };
}

const BINARY: &str = "types of a contract can only be converted to and from human-readable formats such as JSON";

/// Serializes a value of a generated type as the JSON that the contract describes.
///
/// # Errors
/// Returns an error if the serializer's format is not human-readable, or if the serializer fails.
pub fn serialize<S: Serializer>(value: &dyn Write, serializer: S) -> Result<S::Ok, S::Error> {
    if !serializer.is_human_readable() {
        return Err(ser::Error::custom(BINARY));
    }
    let mut writer = Writer::new();
    value.write(&mut writer);
    let written = writer.finish().map_err(ser::Error::custom)?;
    transcode::transcode(&mut serde_json::Deserializer::from_slice(&written), serializer)
}

/// Deserializes a value of a generated type by `read`, which validates it.
///
/// # Errors
/// Returns an error if the deserializer's format is not human-readable, if the deserializer fails, or if the
/// value is not valid. For an invalid value, the error lists every violation with its field.
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
    value.filter(|_| violations.is_empty()).ok_or_else(|| de::Error::custom(Summary(&violations)))
}

/// The violations of a value as one line of an error message: `items[0].quantity must be at least 1; name is
/// required`.
struct Summary<'v>(&'v Violations);

impl fmt::Display for Summary<'_> {
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
