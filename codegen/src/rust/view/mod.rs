//! The views: the data that the templates of generated code receive.
//!
//! A view leaves no decision to its template. Each piece of Rust in a view is
//! [`Code`](crate::rust::code::Code); a `String` is text of the contract, which a template can write only
//! through a filter.

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
