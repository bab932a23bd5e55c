//! The views of declared types: their declarations and their codecs (the code that reads and writes them),
//! grouped into files.
//!
//! [`type_files`] runs this step: [`type_declaration`] decides the fields and variants of a type, and
//! [`type_codec`] decides its reader and writer, with the check of [`type_check`]. They share [`fields`].
//! [`sample`] writes values of error bodies for a new service.

pub mod fields;
pub mod page_constructor;
pub mod sample;
pub mod serde_types;
pub mod type_check;
pub mod type_codec;
pub mod type_declaration;
pub mod type_files;
