//! The part of a context that does not depend on the caller.

use std::net::IpAddr;

use crate::http::accept::Accept;
use crate::http::request_id::RequestId;
use crate::operation::Operation;

/// The data of a request that a handler and the gate both see: operation, request id, address and accepted
/// media types.
#[derive(Debug, Clone)]
pub struct CallInfo {
    /// The operation that was called.
    pub operation: &'static Operation,
    /// The id of the request, as it appears in `X-Request-Id` and in the log.
    pub request_id: RequestId,
    /// The IP address of the client, or `None` if it is unknown. A layer that trusts a proxy sets it as
    /// [`ClientAddress`](crate::ClientAddress); otherwise it is the address of the connection.
    pub address: Option<IpAddr>,
    /// The media types that the caller accepts.
    pub accept: Accept,
}
