//! The styles of parameters (OpenAPI 3.0.3 § 4.7.12.3, RFC 6570): parsing and writing.
//!
//! [`layout`] is the table of the layout of a value in a single string, by style. [`parse`] reads
//! parameters, form fields and headers by that table, and [`write`] writes them by it. A value that is
//! distributed over several pairs of a query, of cookies or of a form is read by [`spread`] and written by
//! `pairs`. All of them work on [`TextValue`](crate::json::TextValue), whose scalars are strings.

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
