//! The views: everything that the templates receive.
//!
//! A view contains no open decision. Each piece of Rust in it is [`Code`](crate::rust::code::Code); a
//! `String` is text of the contract, which a template writes through a filter only.

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
