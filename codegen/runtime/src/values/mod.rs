//! Types that a contract gives a name of their own: identifiers, pages, patches, enums.

pub mod etag;
pub mod page;
pub mod patch;
pub mod sort;
pub mod string_enum;
pub mod text;
pub mod type_id;
pub mod webhook;
