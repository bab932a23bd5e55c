//! The views of the client: calls of the contract's operations, and the webhooks and callbacks that the
//! service sends.

pub mod checks;
pub mod client_calls;
pub mod client_responses;
mod listed;
pub mod outgoing;
pub mod send_body;
