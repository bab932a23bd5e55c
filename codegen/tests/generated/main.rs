//! Tests of generated code: the exact text of small contracts, code that must or must not compile, and the
//! behaviour of running services and clients.

mod client;
mod compile;
mod contracts;
mod determinism;
mod events;
mod golden;
mod inventory;
mod links;
mod media;
mod members;
mod real;
mod refusals;
mod secrets;
mod served;
mod standalone;
mod workspace;
