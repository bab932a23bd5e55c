//! The pipeline as generated code uses it: a router called with requests, answered without a network.

mod answers;
mod bodies;
mod credentials;
mod gate;
#[cfg(feature = "multipart")]
mod multipart;
mod parameters;
mod refusals;
mod routing;
mod sample;
mod wire;
