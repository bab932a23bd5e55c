//! Support for Rust types that a contract names (`x-rust-type`), which are read by `FromStr` and written by
//! `Display`.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;

use crate::json::{Read, Reader, Write, Writer};

/// A value of a Rust type that the contract names (`x-rust-type`). It is read by the type's `FromStr` and
/// written by its `Display`.
///
/// If `FromStr` fails, the caller receives the `Display` text of the error as a violation. That text must therefore
/// not contain internal details.
///
/// The wrapper dereferences to the value and converts from it:
///
/// ```
/// use std::net::Ipv4Addr;
/// use writ_runtime::{Read, Reader, Text};
///
/// let mut reader = Reader::json(br#""192.0.2.1""#);
/// let address: Text<Ipv4Addr> = Text::read(&mut reader).unwrap();
/// assert!(address.is_documentation());
/// assert_eq!(address.0, Ipv4Addr::new(192, 0, 2, 1));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text<T>(pub T);

impl<T> From<T> for Text<T> {
    fn from(value: T) -> Text<T> {
        Text(value)
    }
}

impl<T> Deref for Text<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Text<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: FromStr> FromStr for Text<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Text<T>, T::Err> {
        text.parse().map(Text)
    }
}

impl Reader<'_> {
    /// Reads a string and parses it by the `FromStr` of a Rust type. If this fails, the error becomes the
    /// message of a violation, which the caller sees.
    pub fn parsed<T>(&mut self) -> Option<Text<T>>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        self.with_string("a string", |text, violations| match text.parse() {
            Ok(value) => Some(Text(value)),
            Err(error) => {
                violations.record(format_args!("{error}"));
                None
            }
        })
    }
}

impl<T> Read for Text<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.parsed()
    }
}

impl<T: fmt::Display> Write for Text<T> {
    fn write(&self, writer: &mut Writer) {
        writer.string(&self.0.to_string());
    }
}
