//! Reading and writing JSON, and reading the text of parameters and forms by the same functions.
//!
//! ```
//! use writ_runtime::{ObjectRule, Read, Reader, StringRule, Unknown};
//!
//! struct NewUser {
//!     email: String,
//!     name: Option<String>,
//! }
//!
//! impl Read for NewUser {
//!     fn read(r: &mut Reader<'_>) -> Option<Self> {
//!         const RULE: ObjectRule = ObjectRule {
//!             fields: &["email", "name"],
//!             required: &["email"],
//!             unknown: Unknown::Deny,
//!             ..ObjectRule::NONE
//!         };
//!         let (mut email, mut name) = (None, None);
//!         let mut object = r.object(&RULE)?;
//!         while let Some(field) = r.next_field(&mut object) {
//!             match field {
//!                 0 => email = r.string(&StringRule::NONE),
//!                 _ => name = r.string(&StringRule { min: 1, ..StringRule::NONE }),
//!             }
//!         }
//!         r.end_object(object);
//!         Some(Self { email: email?, name })
//!     }
//! }
//!
//! let mut reader = Reader::json(br#"{"name": "", "age": 7}"#);
//! assert!(NewUser::read(&mut reader).is_none());
//! let fields: Vec<String> = reader.into_violations().list.into_iter().map(|v| v.field).collect();
//! assert_eq!(fields, ["name", "age", "email"]);
//! ```

mod array;
mod check;
mod equal;
#[cfg(feature = "jsonschema")]
mod guard;
mod mark;
mod number;
mod object;
mod quoted;
mod reader;
mod scalar;
mod scan;
mod simple;
mod survey;
mod text;
mod trail;
mod trim;
mod types;
mod union;
mod value;
mod write;
mod writer;

#[cfg(feature = "jsonschema")]
pub use guard::{Dialect, Guard};
pub use object::Object;
pub use reader::Reader;
pub(crate) use simple::simple;
pub use text::TextValue;
#[cfg(feature = "client")]
pub use trim::Within;
pub use types::Types;
pub use union::Branch;
pub use value::{default_value, value};
pub use write::DecimalNumber;
pub use writer::Writer;
#[cfg(feature = "client")]
pub(crate) use {object::next_key, scan::Kind, scan::Scan};

#[cfg(feature = "multipart")]
pub(crate) use {check::Count, equal::Canonical, equal::canonical};

/// A type of the contract that input is read into.
pub trait Read: Sized {
    /// Reads one value. `None` means that at least one violation was recorded; the reader stands
    /// behind the value either way.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;
}

/// A type of the contract that an answer is written from.
pub trait Write {
    /// Writes one value, and only one.
    fn write(&self, writer: &mut Writer);
}

#[cfg(test)]
mod tests;
