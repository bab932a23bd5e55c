//! One router for all versions of an API, which selects the version of each request.
//!
//! A request selects a version by one of three selectors:
//!
//! | selector | example | unknown version |
//! |---|---|---|
//! | path | `/v1/users` | 404 |
//! | media type in `Accept` | `/users` with `Accept: application/vnd.api+json;version=1` | 406 |
//! | query parameter | `/users?version=1` | 400 |
//!
//! Selectors that disagree are refused with 400. A path without a version and without another selector has the default
//! version. The operation of the selected version then receives the request as if its path had named the version, and
//! without the other selectors. Operations whose paths have no prefix of a version, such as `/health`, take no part.

mod accept;
mod api;
mod headers;
mod query;
mod response;
mod select;
mod successor;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use tower::service_fn;

pub use self::api::VersionEndpoints;
use self::api::VersionedApi;
use self::response::VersionedResponse;
use crate::http::request_id::RequestId;
use crate::operation::Versions;
use crate::serve::table;

/// Creates an axum router that serves all versions of an API, and refuses every other request with 404.
///
/// The elements of `endpoints` are those of the versions in [`Versions::all`], in its order. An operation without the prefix of a
/// version, such as `/health`, is served by the newest version that has it.
///
/// The router adds the headers that describe a version to its responses: `Vary`, and for a version that is not the
/// newest `Deprecation`, `Sunset` and `Link`. A `Location` of another version becomes that of the version of the request,
/// so handlers that several versions share write the paths of the latest version.
///
/// # Panics
///
/// Panics if the number of `endpoints` is not that of the versions, or if the default version is none of them.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Endpoint, PROBLEM_JSON, Router, Version, VersionEndpoints, Versions, versioned_router};
///
/// // Generated from the contracts.
/// static VERSIONS: Versions = Versions {
///     default: 2,
///     media_type: "application/vnd.api+json",
///     parameter: "version",
///     all: &[
///         Version { number: 1, prefix: "/v1", deprecated: Some(1_793_491_200), ..Version::NONE },
///         Version { number: 2, prefix: "/v2", ..Version::NONE },
///     ],
/// };
///
/// /// The endpoints are those of two generated modules: `api.endpoints(options)`.
/// fn app(v1: Vec<Endpoint>, v2: Vec<Endpoint>) -> Router {
///     let version = |endpoints| VersionEndpoints { envelope: &PROBLEM_JSON, endpoints };
///     versioned_router(&VERSIONS, [version(v1), version(v2)])
/// }
/// # let _ = app(Vec::new(), Vec::new());
/// ```
pub fn versioned_router(versions: &'static Versions, endpoints: impl IntoIterator<Item = VersionEndpoints>) -> Router {
    versioned_router_at("", versions, endpoints)
}

/// Creates the router of [`versioned_router`] below a base path such as `/api`: `/api/v1/users`, `/api/users`.
///
/// # Panics
///
/// Panics if the number of `endpoints` is not that of the versions, if the default version is none of them, or if `base`
/// is not empty and does not begin with `/`.
///
/// # Examples
///
/// ```should_panic
/// use writ_runtime::{Versions, versioned_router_at};
///
/// static VERSIONS: Versions =
///     Versions { default: 1, media_type: "application/vnd.api+json", parameter: "version", all: &[] };
///
/// // The default version has no endpoints.
/// let _ = versioned_router_at("/api", &VERSIONS, Vec::new());
/// ```
pub fn versioned_router_at(
    base: &str,
    versions: &'static Versions,
    endpoints: impl IntoIterator<Item = VersionEndpoints>,
) -> Router {
    let api = Arc::new(VersionedApi::new(base, versions, endpoints.into_iter().collect()));
    let shared = Arc::clone(&api);
    let service = service_fn(move |request| VersionedApi::serve(&shared, request));
    let router = api.table.shapes().fold(Router::new(), |router, shape| router.route_service(shape, service.clone()));
    router.fallback_service(service)
}

impl VersionedApi {
    fn serve(self: &Arc<Self>, request: Request) -> VersionedResponse {
        let mut request = table::with_normal_path(request);
        let request_id = RequestId::sent(request.extensions(), request.headers());
        let envelope = self.served[self.default].envelope;
        if let Some(refusal) = table::refused_early(&request, &request_id, envelope) {
            return VersionedResponse::unversioned(table::ready(refusal));
        }
        let mut selection = match self.select(&mut request) {
            Ok(selection) => selection,
            Err(problem) => return VersionedResponse::refused(envelope.refuse(problem, &request_id)),
        };
        let envelope = self.served[selection.version].envelope;
        let future = match self.table.find(&request, &request_id, envelope) {
            Ok(found) => {
                if selection.versioned {
                    selection.link = self.successor_link(selection.version, &found, request.uri().path());
                }
                found.serve(request, request_id)
            }
            Err(refusal) => table::ready(refusal),
        };
        VersionedResponse::of(Arc::clone(self), selection, future)
    }
}

#[cfg(test)]
mod tests;
