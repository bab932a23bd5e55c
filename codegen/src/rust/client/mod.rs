//! The client as views: calls of operations, and the operations that the service itself calls.

pub mod client_calls;
pub mod client_responses;
pub mod outgoing;
pub mod send_body;
