//! The request of an operation: head, body, parameters, and decoding them into a generated type.

pub(crate) mod body;
pub mod call_info;
pub mod context;
pub mod decoder;
pub(crate) mod deferred_refusal;
pub mod idempotency;
#[cfg(feature = "multipart")]
pub mod multipart;
mod parameters;
pub(crate) mod request_head;
