//! The styles of parameters (OpenAPI 3.0.3 § 4.7.12.3, RFC 6570): reading and writing, in one place.
//!
//! [`layout`] says how each style puts a value into one text. Parameters, form fields and headers are
//! read by [`parse`] and written by [`write`] from that one table. A value that is spread over several
//! pairs of a query, of cookies or of a form is read by [`spread`] and written by [`pairs`].

pub(crate) mod brackets;
pub(crate) mod coding;
pub(crate) mod form;
mod layout;
#[cfg(feature = "client")]
pub(crate) mod pairs;
pub(crate) mod parse;
pub(crate) mod spread;
pub(crate) mod value;
pub(crate) mod write;
