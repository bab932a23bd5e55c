//! The response of an operation: replies, problems, the error envelope, status codes and streams.
//!
//! A generated response or error type implements [`Respond`](reply::Respond), which encodes it as a
//! [`Reply`](reply::Reply). A refusal is a [`Problem`](problem::Problem) until the
//! [`ErrorEnvelope`](error_envelope::ErrorEnvelope) of the contract gives it its JSON shape. The modules
//! `status` and `status_range` define the markers: status codes as types, such as `NotFound`, that handlers
//! return as errors.

pub(crate) mod cause;
pub mod check;
pub mod declares;
pub mod error_body;
pub mod error_envelope;
pub(crate) mod event_source;
pub mod events;
pub mod idempotent;
pub mod internal;
pub(crate) mod lines;
pub mod not_written;
pub mod problem;
pub mod refusal;
pub mod reply;
pub mod status;
pub mod status_range;
pub mod stream;
pub mod unavailable;
