//! Refusals that are decided before a request reaches the router, for example because too many connections are open.

use http::{StatusCode, header};

use crate::response::problem::Problem;

/// A refusal that a layer in front of the router has decided. The router sends it in the error envelope of the contract.
///
/// The layer adds it to the extensions of the request. A request with this extension reaches no operation.
///
/// # Examples
///
/// ```
/// use axum::extract::Request;
/// use http::StatusCode;
/// use writ_runtime::EarlyRefusal;
///
/// fn refuse_during_maintenance(request: &mut Request) {
///     request.extensions_mut().insert(EarlyRefusal {
///         status: StatusCode::SERVICE_UNAVAILABLE,
///         message: "the service is closed for maintenance",
///         retry_after: 60,
///     });
/// }
/// # refuse_during_maintenance(&mut Request::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyRefusal {
    /// The status code of the response.
    pub status: StatusCode,
    /// The message of the refusal: a sentence for people.
    pub message: &'static str,
    /// The value of `Retry-After`: the number of seconds after which the caller can try again.
    pub retry_after: u32,
}

impl EarlyRefusal {
    /// Returns the problem to send, for a layer around routes that are not those of a contract.
    pub fn problem(self) -> Problem {
        Problem::new(self.status, self.message).with_header(header::RETRY_AFTER, self.retry_after)
    }
}
