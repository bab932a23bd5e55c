//! Error responses: writing a problem in the error schema of the contract, and reading it back in a client.
//!
//! The templates of the error schemas are data of the operation table, see
//! [`ErrorBody`](crate::operation::ErrorBody).

mod field;
mod problem_details;
#[cfg(any(feature = "client", test))]
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use problem_details::{PROBLEM_DETAILS, PROBLEM_VIOLATIONS};
#[cfg(any(feature = "client", test))]
pub(crate) use read::read;
pub(crate) use write::{as_json, as_text};
