//! Serving the operations of a contract: the router, the pipeline, and the traits that a service implements.
//!
//! A service implements [`Authenticate`](authenticate::Authenticate) to identify callers and
//! [`Gate`](gate::Gate) to apply its policies. Generated code binds each operation to a method with
//! [`Routes`](routes::Routes). The [`router`](router::router) finds the operation of a request, and the
//! [`Pipeline`](pipeline::Pipeline) runs the stages of the request in their order.

pub mod authenticate;
mod challenge;
mod conditional;
pub mod credential;
pub mod early_refusal;
pub mod endpoint;
pub mod gate;
pub mod handler;
pub mod pipeline;
mod presented;
mod route_tree;
pub mod routed;
pub mod router;
pub mod routes;
mod table;
pub mod translated;
pub mod unwritten;
pub mod versions;
