//! The status codes of error responses and of automatic refusals.

use crate::model::operation::{Operation, Response, Status};

/// The status codes with which the server refuses requests by itself.
pub const AUTOMATIC: [u16; 15] = [400, 401, 403, 404, 405, 406, 408, 413, 415, 422, 429, 500, 501, 503, 504];

/// Returns true if a response is an error: 4xx, 5xx, and `default` if the operation declares a success.
pub fn is_error(response: &Response, operation: &Operation) -> bool {
    match response.status {
        Status::Code(code) => code >= 400,
        Status::Range(digit) => digit >= 4,
        Status::Default => operation.responses.iter().any(|other| match other.status {
            Status::Code(code) => code < 400,
            Status::Range(digit) => digit < 4,
            Status::Default => false,
        }),
    }
}
