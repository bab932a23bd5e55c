//! One operation bound to its handler, with its types erased: what the router holds.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Extensions;

use crate::operation::Operation;
use crate::request::request_head::RequestHead;

/// The response to one request, as axum awaits it.
pub(crate) type ResponseFuture = BoxFuture<'static, Result<Response, Infallible>>;

/// One operation, ready to be routed to.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) operation: &'static Operation,
    pub(crate) written: bool,
    pub(crate) serve: Arc<dyn Serve>,
}

/// The stages of the pipeline behind routing, all of them in one boxed future.
pub(crate) trait Serve: Send + Sync {
    /// Serves one request. Whatever happens inside, there is a response in the envelope.
    fn serve(self: Arc<Self>, head: Arc<RequestHead>, extensions: Extensions, body: Body) -> ResponseFuture;
}

impl Endpoint {
    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// True if the operation has an implementation; one without is refused with 501.
    pub fn is_written(&self) -> bool {
        self.written
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}
