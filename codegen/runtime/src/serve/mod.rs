//! Serving a contract: binding operations to methods, routing, and the pipeline that every request passes.

pub mod authenticate;
mod conditional;
mod credentials;
pub mod endpoint;
pub mod gate;
pub mod handler;
pub mod pipeline;
pub mod router;
pub mod routes;
pub mod unwritten;
