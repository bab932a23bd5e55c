//! The router: from the method and path of a request to an endpoint, for every path template of OpenAPI.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::mem::take;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use http::uri::PathAndQuery;
use http::{Method, StatusCode, Uri, header};
use tower::service_fn;

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
use crate::validate::violation::{InputLocation, Violation};

/// Creates an axum router that serves the endpoints of a contract.
///
/// The router has no fallback and merges with routers of other paths. Add a fallback with [`fallback`]. To serve
/// several contracts, pass their endpoints in one call, because [`Router::merge`] panics if two routers share a
/// path.
///
/// axum's own router accepts neither `/{id}.json` nor two names for one parameter. It therefore receives only
/// the shapes of the paths, and every shape leads to one table of all path templates.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Endpoint, PROBLEM_JSON, Router, fallback, router};
///
/// /// The endpoints are those of one or several contracts: `api.endpoints(timeouts)`.
/// fn app(endpoints: Vec<Endpoint>) -> Router {
///     router(&PROBLEM_JSON, endpoints)
///         .route("/version", axum::routing::get(|| async { "1.0.0" }))
///         .fallback(fallback(&PROBLEM_JSON))
/// }
/// # let _ = app(Vec::new());
/// ```
pub fn router(envelope: &'static ErrorEnvelope, endpoints: Vec<Endpoint>) -> Router {
    router_at("", envelope, endpoints)
}

/// Creates an axum router that serves the endpoints of a contract below a base path such as `/v1`.
///
/// Like the router of [`router`], this router has no fallback and merges with routers of other paths.
///
/// # Panics
///
/// Panics if `base` is not empty and does not begin with `/`.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Endpoint, PROBLEM_JSON, Router, fallback, router_at};
///
/// /// Serves the path `/users` of the contract as `/v1/users`.
/// fn app(endpoints: Vec<Endpoint>) -> Router {
///     router_at("/v1", &PROBLEM_JSON, endpoints).fallback(fallback(&PROBLEM_JSON))
/// }
/// # let _ = app(Vec::new());
/// ```
pub fn router_at(base: &str, envelope: &'static ErrorEnvelope, endpoints: Vec<Endpoint>) -> Router {
    routes_and_table(base, envelope, endpoints).0
}

/// Creates an axum router that serves the endpoints of a contract below a base path such as `/v1`, and refuses
/// every other request with 404 in the error envelope of the contract.
///
/// Unlike the router of [`router_at`], it has a fallback. The fallback also serves the operations whose fixed path
/// segments a request encodes: `/%7Eme` and `/~me` are one path (RFC 3986 § 6.2.2.2), but axum compares the
/// segments as they are.
///
/// # Panics
///
/// Panics if `base` is not empty and does not begin with `/`.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Endpoint, PROBLEM_JSON, Router, complete_router};
///
/// /// Serves the path `/users` of the contract as `/v1/users`, beside another route.
/// fn app(endpoints: Vec<Endpoint>) -> Router {
///     complete_router("/v1", &PROBLEM_JSON, endpoints).route("/version", axum::routing::get(|| async { "1.0.0" }))
/// }
/// # let _ = app(Vec::new());
/// ```
pub fn complete_router(base: &str, envelope: &'static ErrorEnvelope, endpoints: Vec<Endpoint>) -> Router {
    let (router, table) = routes_and_table(base, envelope, endpoints);
    router.fallback_service(service_fn(move |request| table.serve(request)))
}

/// Returns the router of [`router_at`], and the table that all of its routes lead to.
fn routes_and_table(base: &str, envelope: &'static ErrorEnvelope, endpoints: Vec<Endpoint>) -> (Router, Arc<Table>) {
    let base = percent::normal(base.trim_end_matches('/')).into_owned();
    let mut shapes = BTreeSet::new();
    let mut root = Node::default();
    for endpoint in endpoints {
        let template = Template::parse(endpoint.operation.path);
        shapes.insert(template.shape_below(&base));
        root.insert(template, endpoint);
    }
    root.sort();
    let table = Arc::new(Table { envelope, base, root });
    let shared = Arc::clone(&table);
    let service = service_fn(move |request| shared.serve(request));
    let router = shapes.iter().fold(Router::new(), |router, shape| router.route_service(shape, service.clone()));
    (router, table)
}

/// Returns an axum handler that refuses every request with 404 in the error envelope of the contract.
///
/// Use it as the fallback of the router, for requests that match no route.
///
/// # Examples
///
/// ```
/// use writ_runtime::{PROBLEM_JSON, Router, fallback};
///
/// let router: Router = Router::new().fallback(fallback(&PROBLEM_JSON));
/// ```
pub fn fallback(
    envelope: &'static ErrorEnvelope,
) -> impl Fn(Request) -> std::future::Ready<Response> + Clone + Send + Sync + 'static {
    move |request: Request| {
        let request_id = RequestId::sent(request.extensions(), request.headers());
        let refusal = request.extensions().get::<EarlyRefusal>();
        std::future::ready(envelope.refuse(refusal.map_or_else(not_found, |refusal| refusal.problem()), &request_id))
    }
}

struct Table {
    envelope: &'static ErrorEnvelope,
    /// The base path that precedes every path template of the contract, such as `/v1`, without a trailing slash.
    base: String,
    root: Node,
}

impl Table {
    /// Routes a request and returns the future of its response.
    ///
    /// Routing itself is synchronous, so that the only future is the boxed one of the endpoint. The layers of axum
    /// move a boxed future cheaply.
    fn serve(&self, request: Request) -> ResponseFuture {
        let request = with_normal_path(request);
        let request_id = RequestId::sent(request.extensions(), request.headers());
        let mut captures = Vec::new();
        match self.route(&request, &request_id, &mut captures) {
            Ok(endpoint) => {
                let (mut parts, body) = request.into_parts();
                let extensions = take(&mut parts.extensions);
                let address = address::of(&extensions);
                let head = RequestHead::new(endpoint.operation, parts, address, request_id, captures);
                Arc::clone(&endpoint.serve).serve(Arc::new(head), extensions, body)
            }
            Err(refusal) => Box::pin(std::future::ready(Ok(refusal))),
        }
    }

    /// Finds the endpoint of a request and captures its path parameters.
    ///
    /// # Errors
    ///
    /// Returns the response of a refusal if the request has an [`EarlyRefusal`], if no operation matches, or if a path
    /// parameter is not valid percent-encoding.
    #[allow(clippy::result_large_err, reason = "a refusal is sent immediately, so a box would only be opened again")]
    fn route(
        &self,
        request: &Request,
        request_id: &RequestId,
        captures: &mut Vec<Captured>,
    ) -> Result<&Endpoint, Response> {
        if let Some(refusal) = request.extensions().get::<EarlyRefusal>() {
            return Err(self.envelope.refuse(refusal.problem(), request_id));
        }
        let (method, path) = (request.method(), request.uri().path());
        let below = path.strip_prefix(&self.base).filter(|rest| rest.starts_with('/'));
        let node = below.and_then(|_| self.root.find(path, Some(self.base.len() + 1), captures));
        let Some(node) = node else {
            return Err(self.envelope.refuse(not_found(), request_id));
        };
        let Some(route) = node.method(method, request.uri().query().unwrap_or_default()) else {
            return Err(self.other_method(node, method, request_id));
        };
        for (captured, name) in captures.iter_mut().zip(&route.names) {
            captured.name = name;
            if percent::decode(&path[captured.at.clone()]).is_none() {
                return Err(self.envelope.refuse_in(route.endpoint.operation, undecodable(name), request_id));
            }
        }
        Ok(&route.endpoint)
    }

    fn other_method(&self, node: &Node, method: &Method, request_id: &RequestId) -> Response {
        if method == Method::OPTIONS {
            let reply = Reply::new(StatusCode::NO_CONTENT).header("allow", node.allowed());
            return self.envelope.accepted(reply, request_id);
        }
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the method is not allowed for this path")
            .with_header(header::ALLOW, node.allowed());
        self.envelope.refuse(problem, request_id)
    }
}

/// Returns a request whose path has the normal form, so that every spelling of a path leads to one operation.
fn with_normal_path(mut request: Request) -> Request {
    let path = request.uri().path();
    if let Cow::Owned(normal) = percent::normal(path)
        && normal != path
    {
        let target = match request.uri().query() {
            Some(query) => format!("{normal}?{query}"),
            None => normal,
        };
        let mut parts = request.uri().clone().into_parts();
        if let Ok(target) = PathAndQuery::try_from(target) {
            parts.path_and_query = Some(target);
            *request.uri_mut() = Uri::from_parts(parts).unwrap_or_else(|_| request.uri().clone());
        }
    }
    request
}

fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "the requested path does not exist")
}

fn undecodable(name: &str) -> Problem {
    let violation = Violation {
        location: InputLocation::Path,
        field: name.to_owned(),
        message: "must be percent-encoded UTF-8".into(),
    };
    Problem::new(StatusCode::BAD_REQUEST, "the request is not valid")
        .with_code("VALIDATION_ERROR")
        .with_violation(violation)
}
