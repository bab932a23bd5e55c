//! The views of operations: traits, requests, responses, errors and the operation table.
//!
//! [`operation_names`] names tags and operations, [`operation_views`] combines the views of an operation, and
//! [`operation_table`] contains the constant data that the router, the gate (which admits requests) and the
//! client read.

pub mod authenticator;
pub mod errors;
pub mod operation_docs;
pub mod operation_names;
pub mod operation_table;
pub mod operation_views;
pub mod page_path;
pub mod page_request;
pub mod paging;
pub mod parameter_entry;
pub mod parameter_field;
pub mod parts;
pub mod request;
pub mod request_body;
pub mod request_field;
pub mod response;
pub mod response_body;
pub mod scheme_names;
pub mod send_call;
pub mod stream;
pub mod unchecked_parts;
