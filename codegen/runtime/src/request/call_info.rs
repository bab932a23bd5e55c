//! The data of a request that does not depend on its caller.

use std::net::IpAddr;

use crate::http::accept::Accept;
use crate::http::request_id::RequestId;
use crate::operation::Operation;

/// The data of a request that both its handler and the service's [`Gate`](crate::Gate) see: operation, request
/// id, client address and accepted media types.
#[derive(Debug, Clone)]
pub struct CallInfo {
    /// The operation that the request calls.
    pub operation: &'static Operation,
    /// The id of the request, as it appears in `X-Request-Id` and in the log.
    pub request_id: RequestId,
    /// The IP address of the client, or `None` if it is unknown. A layer that trusts a proxy sets it as
    /// [`ClientAddress`](crate::ClientAddress); otherwise it is the address of the connection.
    pub address: Option<IpAddr>,
    /// The media types that the caller accepts for the response.
    pub accept: Accept,
}
