//! The declared types as views: declarations and codecs, file by file.

pub mod fields;
pub mod serde_types;
pub mod type_codec;
pub mod type_declaration;
pub mod type_files;
