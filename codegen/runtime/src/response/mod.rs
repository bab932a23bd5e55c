//! The response of an operation: replies, problems, the error envelope, statuses and streams.

pub mod declares;
pub mod error_envelope;
pub mod events;
pub mod idempotent;
pub mod internal;
pub mod not_written;
pub mod problem;
pub mod reply;
pub mod status;
pub mod status_range;
pub mod stream;
