//! The route that publishes the public keys of a service's tokens.

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::header;
use serde_json::Value;

/// The time for which clients keep the published keys, in seconds. A new key must be published for longer before it
/// signs.
const MAX_AGE: u32 = 300;

/// Returns the route `/.well-known/jwks.json` with a JSON Web Key Set.
pub(super) fn router(keys: &Value) -> Router {
    let body = keys.to_string();
    let headers = [
        (header::CONTENT_TYPE, "application/jwk-set+json".to_owned()),
        (header::CACHE_CONTROL, format!("public, max-age={MAX_AGE}")),
    ];
    let respond = move || {
        let response = (headers.clone(), body.clone()).into_response();
        std::future::ready(response)
    };
    Router::new().route("/.well-known/jwks.json", get(respond))
}
