//! The whole application: every service behind the one way in, and the contract beside them.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use generated::v1;
use http::header;
use writ_runtime::{Problem, RequestId, X_REQUEST_ID};

use crate::auth::AuthService;
use crate::carts::CartService;
use crate::health::HealthService;
use crate::orders::OrderService;
use crate::outage::ErrorTranslation;
use crate::platform::{Platform, docs};
use crate::products::ProductService;
use crate::users::UserService;

/// Everything that is served on the public port.
pub fn router(platform: &Platform) -> Router {
    let api = v1::Api {
        authenticator: platform.authenticator(),
        gate: ErrorTranslation(platform.gate()),
        auth: AuthService::new(platform),
        users: UserService::new(platform),
        products: ProductService::new(platform),
        carts: CartService::new(platform),
        orders: OrderService::new(platform),
        health: HealthService::new(platform),
    };
    let docs = docs::router(v1::OPENAPI_JSON, v1::OPENAPI_YAML).layer(middleware::from_fn(as_the_contract_does));
    api.router_with(platform.timeouts()).merge(docs)
}

/// What is served beside the contract is named and refused as the contract does it.
async fn as_the_contract_does(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = RequestId::of(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_client_error() {
        let problem = Problem::new(response.status(), "there is no such page, or not by this method");
        let allow = response.headers_mut().remove(header::ALLOW);
        response = v1::ERROR_ENVELOPE.refuse(problem, &request_id);
        allow.map(|methods| response.headers_mut().insert(header::ALLOW, methods));
    }
    response.headers_mut().insert(X_REQUEST_ID, request_id.header());
    response.extensions_mut().insert(request_id);
    response
}
