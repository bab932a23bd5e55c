//! What templates receive: every decision made, every piece of Rust marked as such.

mod client;
mod codec;
mod contract;
mod operation;
mod parts;
mod request;
mod response;
mod types;

pub use client::*;
pub use codec::*;
pub use contract::*;
pub use operation::*;
pub use parts::*;
pub use request::*;
pub use response::*;
pub use types::*;
