//! Endpoints: operations bound to their handlers, as the router of a service stores them.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Extensions;

use crate::operation::Operation;
use crate::request::request_head::RequestHead;

/// The future of the response to one request, in the form that axum awaits.
pub(crate) type ResponseFuture = BoxFuture<'static, Result<Response, Infallible>>;

/// An operation bound to its handler and to the pipeline, ready for a router.
///
/// # Examples
///
/// ```
/// use writ_runtime::Endpoint;
///
/// /// Returns the method and the path of each operation that responds with 501.
/// fn missing(endpoints: &[Endpoint]) -> Vec<String> {
///     let missing = endpoints.iter().filter(|endpoint| !endpoint.is_written()).map(Endpoint::operation);
///     missing.map(|operation| format!("{} {}", operation.method, operation.path)).collect()
/// }
/// # use writ_runtime::{Method, NoAuthentication, OpenGate, Operation, PROBLEM_JSON, Pipeline, Timeouts};
/// # static PING: Operation = Operation { id: "ping", method: Method::GET, path: "/ping", ..Operation::NONE };
/// # let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, OpenGate, Timeouts::default());
/// # assert_eq!(missing(&[pipeline.unwritten(&PING)]), ["GET /ping"]);
/// ```
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) operation: &'static Operation,
    pub(crate) written: bool,
    pub(crate) serve: Arc<dyn Serve>,
}

/// The pipeline of one operation after routing, without its type parameters, so that the router can store it.
pub(crate) trait Serve: Send + Sync {
    /// Runs the pipeline for one request. Every outcome, also a panic, becomes a response in the error envelope.
    fn serve(self: Arc<Self>, head: Arc<RequestHead>, extensions: Extensions, body: Body) -> ResponseFuture;
}

impl Endpoint {
    /// Returns the operation that the endpoint serves.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Returns true if the operation has an implementation. An operation without an implementation responds with 501.
    pub fn is_written(&self) -> bool {
        self.written
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}
