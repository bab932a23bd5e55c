//! What is generated: the exact text of small contracts, what of it compiles and what does not, and
//! what it does when it runs.

mod client;
mod compile;
mod contracts;
mod determinism;
mod golden;
mod inventory;
mod links;
mod media;
mod members;
mod real;
mod served;
mod standalone;
mod workspace;
