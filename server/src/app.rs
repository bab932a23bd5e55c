//! The application router: all services of the contract, and the routes that serve the contract itself.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use generated::v1;
use http::header;
use writ_runtime::{Problem, RequestId, X_REQUEST_ID};

use crate::auth::AuthService;
use crate::carts::CartService;
use crate::health::{Conversions, HealthService};
use crate::orders::OrderService;
use crate::outage::ErrorTranslation;
use crate::platform::{Platform, docs};
use crate::products::ProductService;
use crate::users::UserService;

/// Returns the router for the public port: the operations of the contract, `/openapi.json`, `/openapi.yaml` and
/// `/docs`.
pub fn router(platform: &Platform) -> Router {
    let api = v1::Api {
        authenticator: platform.authenticator(),
        gate: ErrorTranslation(platform.gate()),
        errors: Conversions,
        auth: AuthService::new(platform),
        users: UserService::new(platform),
        products: ProductService::new(platform),
        carts: CartService::new(platform),
        orders: OrderService::new(platform),
        health: HealthService::new(platform),
    };
    let docs = docs::router(v1::OPENAPI_JSON, v1::OPENAPI_YAML).layer(middleware::from_fn(apply_contract_conventions));
    api.router_with(platform.serve_options()).merge(docs)
}

/// Adds the conventions of the contract to the responses of routes outside the contract (documentation, unknown
/// paths): the `X-Request-Id` header, and the error envelope for client errors.
async fn apply_contract_conventions(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = RequestId::of(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_client_error() {
        let problem = Problem::new(response.status(), "this page does not exist or does not support the method");
        let allow = response.headers_mut().remove(header::ALLOW);
        response = v1::ERROR_ENVELOPE.refuse(problem, &request_id);
        allow.map(|methods| response.headers_mut().insert(header::ALLOW, methods));
    }
    response.headers_mut().insert(X_REQUEST_ID, request_id.header());
    response.extensions_mut().insert(request_id);
    response
}
