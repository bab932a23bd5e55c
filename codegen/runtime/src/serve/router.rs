//! The router: from the method and path of a request to an endpoint, for every path template of OpenAPI.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tower::service_fn;

use crate::http::request_id::RequestId;
use crate::response::error_envelope::ErrorEnvelope;
use crate::serve::early_refusal::EarlyRefusal;
use crate::serve::endpoint::{Endpoint, ResponseFuture};
use crate::serve::table::{self, Table};

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

/// Returns the router of [`router_at`], and the service that all of its routes lead to.
fn routes_and_table(
    base: &str,
    envelope: &'static ErrorEnvelope,
    endpoints: Vec<Endpoint>,
) -> (Router, Arc<Unversioned>) {
    let unversioned = Arc::new(Unversioned { envelope, table: Table::new(base, endpoints) });
    let shared = Arc::clone(&unversioned);
    let service = service_fn(move |request| shared.serve(request));
    let router =
        unversioned.table.shapes().fold(Router::new(), |router, shape| router.route_service(shape, service.clone()));
    (router, unversioned)
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
        let problem = refusal.map_or_else(table::not_found, |refusal| refusal.problem());
        std::future::ready(envelope.refuse(problem, &request_id))
    }
}

/// The operations of a router whose contracts have one error envelope and no versions.
struct Unversioned {
    envelope: &'static ErrorEnvelope,
    table: Table,
}

impl Unversioned {
    fn serve(&self, request: Request) -> ResponseFuture {
        let request = table::with_normal_path(request);
        let request_id = RequestId::sent(request.extensions(), request.headers());
        if let Some(refusal) = table::refused_early(&request, &request_id, self.envelope) {
            return table::ready(refusal);
        }
        match self.table.find(&request, &request_id, self.envelope) {
            Ok(found) => found.serve(request, request_id),
            Err(refusal) => table::ready(refusal),
        }
    }
}
