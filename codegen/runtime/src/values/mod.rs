//! Value types with a meaning that JSON Schema cannot express.
//!
//! Generated types use these types for fields, parameters and bodies, and handlers see them as ordinary Rust
//! values: [`page::Page`] and [`page::PageRequest`] for lists, [`patch::Patch`] for fields that are optional
//! and nullable, [`sort::Sort`] for sort orders, [`etag::ETag`] for conditional requests,
//! [`string_enum::StringEnum`] for enums, [`type_id`] for prefixed identifiers, [`text::Text`] for types of the
//! implementer, and [`webhook::Webhook`] for outgoing events.

pub mod conversion;
pub mod etag;
pub mod page;
pub mod page_members;
pub mod patch;
pub mod redacted;
pub mod sort;
pub mod string_enum;
pub mod text;
pub mod type_id;
pub mod webhook;
