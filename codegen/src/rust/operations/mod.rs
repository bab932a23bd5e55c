//! The operations as views: traits, requests, responses, errors and the operation table.

pub mod errors;
pub mod operation_docs;
pub mod operation_names;
pub mod operation_table;
pub mod operation_views;
pub mod paging;
pub mod parameter_field;
pub mod parts;
pub mod request;
pub mod request_body;
pub mod request_field;
pub mod response;
pub mod response_body;
pub mod send_call;
