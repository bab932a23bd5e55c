//! The table that leads from the method and path of a request to an endpoint.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::mem::take;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::uri::PathAndQuery;
use http::{Method, StatusCode, Uri, header};

use crate::http::address;
use crate::http::path::Captured;
use crate::http::percent;
use crate::http::request_id::RequestId;
use crate::http::template::Template;
use crate::request::request_head::RequestHead;
use crate::response::error_envelope::ErrorEnvelope;
use crate::response::problem::Problem;
use crate::response::reply::Reply;
use crate::serve::early_refusal::EarlyRefusal;
use crate::serve::endpoint::{Endpoint, ResponseFuture};
use crate::serve::route_tree::Node;
use crate::serve::routed::RoutedOperation;

/// All path templates of a router below a base path, with the endpoint of each operation.
pub(super) struct Table {
    /// The base path that precedes every path template of the contract, such as `/api`, without a trailing slash.
    pub(super) base: String,
    root: Node,
    /// The axum routes of the path templates.
    shapes: BTreeSet<String>,
}

/// The endpoint of a request, with the path parameters that its path template captured.
pub(super) struct Found<'t> {
    pub(super) endpoint: &'t Endpoint,
    pub(super) captures: Vec<Captured>,
}

impl Table {
    /// Creates the table of these endpoints below a base path.
    pub(super) fn new(base: &str, endpoints: impl IntoIterator<Item = Endpoint>) -> Table {
        let base = percent::normal(base.trim_end_matches('/')).into_owned();
        let mut shapes = BTreeSet::new();
        let mut root = Node::default();
        for endpoint in endpoints {
            let template = Template::parse(endpoint.operation.path);
            shapes.insert(template.shape_below(&base));
            root.insert(template, endpoint);
        }
        root.sort();
        Table { base, root, shapes }
    }

    /// Returns the axum routes of the path templates. Every one leads to this table.
    pub(super) fn shapes(&self) -> impl Iterator<Item = &str> {
        self.shapes.iter().map(String::as_str)
    }

    /// Returns true if an operation has a path template that matches this path.
    pub(super) fn has_path(&self, path: &str) -> bool {
        self.node(path, &mut Vec::new()).is_some()
    }

    /// Finds the endpoint of a request and captures its path parameters.
    ///
    /// # Errors
    ///
    /// Returns the response of a refusal if no operation matches.
    #[allow(clippy::result_large_err, reason = "a refusal is sent immediately, so a box would only be opened again")]
    pub(super) fn find(
        &self,
        request: &Request,
        request_id: &RequestId,
        envelope: &ErrorEnvelope,
    ) -> Result<Found<'_>, Response> {
        let (method, path) = (request.method(), request.uri().path());
        let mut captures = Vec::new();
        let Some(node) = self.node(path, &mut captures) else {
            return Err(envelope.refuse(not_found(), request_id));
        };
        let Some(route) = node.method(method, request.uri().query().unwrap_or_default()) else {
            return Err(other_method(node, method, request_id, envelope));
        };
        for (captured, name) in captures.iter_mut().zip(&route.names) {
            captured.name = name;
        }
        Ok(Found { endpoint: &route.endpoint, captures })
    }

    fn node(&self, path: &str, captures: &mut Vec<Captured>) -> Option<&Node> {
        path.strip_prefix(&self.base).filter(|rest| rest.starts_with('/'))?;
        self.root.find(path, Some(self.base.len() + 1), captures)
    }
}

impl Found<'_> {
    /// Returns the future of the response.
    ///
    /// Routing itself is synchronous, so that the only future is the boxed one of the endpoint. The layers of axum
    /// move a boxed future cheaply.
    pub(super) fn serve(self, request: Request, request_id: RequestId) -> ResponseFuture {
        let Found { endpoint, captures } = self;
        let (mut parts, body) = request.into_parts();
        let extensions = take(&mut parts.extensions);
        if let Some(routed) = extensions.get::<RoutedOperation>() {
            routed.set(endpoint.operation);
        }
        let address = address::of(&extensions);
        let head = RequestHead::new(endpoint.operation, parts, address, request_id, captures);
        Arc::clone(&endpoint.serve).serve(Arc::new(head), extensions, body)
    }
}

/// Returns the response to a request whose refusal a layer in front of the router has decided.
pub(super) fn refused_early(request: &Request, id: &RequestId, envelope: &ErrorEnvelope) -> Option<Response> {
    request.extensions().get::<EarlyRefusal>().map(|refusal| envelope.refuse(refusal.problem(), id))
}

/// Returns the future of a response that needs no handler.
pub(super) fn ready(response: Response) -> ResponseFuture {
    Box::pin(std::future::ready(Ok(response)))
}

/// Returns the refusal of a request for an unknown path.
pub(super) fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "the requested path does not exist")
}

fn other_method(node: &Node, method: &Method, request_id: &RequestId, envelope: &ErrorEnvelope) -> Response {
    if method == Method::OPTIONS {
        let reply = Reply::new(StatusCode::NO_CONTENT).header("allow", node.allowed());
        return envelope.accepted(reply, request_id);
    }
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the method is not allowed for this path")
        .with_header(header::ALLOW, node.allowed());
    envelope.refuse(problem, request_id)
}

/// Returns a request whose path has the normal form, so that every spelling of a path leads to one operation.
pub(super) fn with_normal_path(mut request: Request) -> Request {
    if let Cow::Owned(normal) = percent::normal(request.uri().path())
        && normal != request.uri().path()
    {
        let query = request.uri().query().map(str::to_owned);
        set_target(&mut request, &normal, query.as_deref());
    }
    request
}

/// Replaces the path and the query of a request.
pub(super) fn set_target(request: &mut Request, path: &str, query: Option<&str>) {
    let target = match query.filter(|query| !query.is_empty()) {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(target) = PathAndQuery::try_from(target) {
        parts.path_and_query = Some(target);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
}
