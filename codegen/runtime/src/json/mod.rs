//! The JSON layer: reading and validating values in one pass, and writing them.
//!
//! Generated code reads each type by [`Read`] from a [`Reader`] and writes it by [`Write`] to a [`Writer`].
//! The reader takes JSON bytes, and parameters and forms as [`TextValue`], by one and the same code. It
//! continues after a violation, so that a caller learns all of them at once.
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
mod branch;
pub(crate) mod check;
mod checker;
mod codec;
mod equal;
mod fields;
#[cfg(feature = "jsonschema")]
mod json_schema;
mod mark;
mod number;
mod object;
mod probe;
mod quoted;
mod reader;
mod scalar;
mod scan;
mod sparse_fieldset;
mod text;
mod token;
mod types;
mod union;
mod unwritable;
mod value;
mod violations;
mod write;
mod writer;

pub use branch::Branch;
#[cfg(feature = "jsonschema")]
pub use checker::Interpreted;
pub use checker::{Boxed, Checker, Conform, Entries, Items, Listed, Nullable, OwnRules, Properties, Spelled};
pub use codec::{Read, Write};
#[cfg(feature = "jsonschema")]
pub use json_schema::{Dialect, SchemaValidator};
pub use object::Object;
pub use reader::Reader;
#[cfg(feature = "client")]
pub use sparse_fieldset::SparseObjects;
pub use text::TextValue;
pub use types::Types;
pub use unwritable::Unwritable;
pub use value::{default_value, value};
pub use write::DecimalNumber;
pub use writer::Writer;

pub(crate) use check::Count;
#[cfg(feature = "multipart")]
pub(crate) use equal::{Canonical, canonical};
pub(crate) use object::next_key;
pub(crate) use scan::Scan;
pub(crate) use token::Kind;

#[cfg(test)]
mod tests;
