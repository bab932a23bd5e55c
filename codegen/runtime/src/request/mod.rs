//! The request of an operation: its head, its body, and their decoding into the generated request type.
//!
//! The module `request_head` holds everything that is known before the body is read. The module `body`
//! receives the body and enforces media type, size and time. The [`Decoder`](decoder::Decoder) reads
//! parameters and body into the generated type and collects every violation. The
//! [`Context`](context::Context) is the part of a request that a handler sees beside that type.

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
