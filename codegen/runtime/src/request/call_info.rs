//! The part of a request's context that does not depend on the caller.

use std::net::IpAddr;

use crate::http::accept::Accept;
use crate::http::request_id::RequestId;
use crate::operation::Operation;

/// The operation, the request id, the client's address and the accepted media types of a request.
#[derive(Debug, Clone)]
pub struct CallInfo {
    /// The operation that was called.
    pub operation: &'static Operation,
    /// The id of the request, as in `X-Request-Id` and the log.
    pub request_id: RequestId,
    /// The client's address, as the trusted proxies tell it.
    pub address: Option<IpAddr>,
    /// The media types that the caller accepts.
    pub accept: Accept,
}
