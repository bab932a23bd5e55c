//! The parts of HTTP that the contract's data stands on: media types, encodings, headers and paths.

pub mod accept;
pub mod address;
pub mod any_media;
pub(crate) mod media;
pub mod path;
pub(crate) mod percent;
pub(crate) mod query;
pub mod request_id;
pub(crate) mod template;
pub(crate) mod timeout;
