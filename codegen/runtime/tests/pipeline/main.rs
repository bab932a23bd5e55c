//! Tests of the pipeline as generated code uses it: a router receives requests, mostly without a network.

mod answers;
mod bodies;
mod credentials;
mod deadline;
mod gate;
mod items;
#[cfg(feature = "multipart")]
mod multipart;
mod parameters;
mod refusals;
mod responses;
mod routing;
mod sample;
mod wire;
