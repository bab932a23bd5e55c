//! The routes that serve the contract as a file, and a web page for reading it and for sending requests.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{HeaderValue, header};
use utoipa_swagger_ui::{Config, SwaggerUi};
use writ_runtime::ErrorEnvelope;

use crate::conventions;

/// The content security policy of the documentation page `/docs`. The page runs scripts of this server, sends
/// requests to this server and has inline styles.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; frame-ancestors 'none'",
);

/// Returns the routes `/openapi.json` and `/openapi.yaml`, which serve the contract in these formats, and
/// `/docs`, which serves Swagger UI. Their client errors have the error envelope of the contract.
pub fn router(envelope: &'static ErrorEnvelope, json: &'static str, yaml: &'static str) -> Router {
    let page: Router = SwaggerUi::new("/docs")
        .config(
            Config::new(["/openapi.json"]).try_it_out_enabled(true).persist_authorization(false).validator_url("none"),
        )
        .into();
    let page = page.layer(axum::middleware::map_response(async |mut response: axum::response::Response| {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
        response
    }));
    let routes = Router::new()
        .route("/openapi.json", get(async move || text("application/json", json)))
        .route("/openapi.yaml", get(async move || text("application/yaml", yaml)))
        .merge(page);
    conventions::apply(routes, envelope)
}

fn text(media: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media)], text)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{Request, StatusCode};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn fetch(path: &str) -> (StatusCode, http::HeaderMap, String) {
        let app = router(&writ_runtime::PROBLEM_JSON, r#"{"openapi":"3.0.3"}"#, "openapi: 3.0.3\n");
        let response = app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn the_contract_is_served_as_json_and_yaml() {
        let (status, headers, body) = fetch("/openapi.json").await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, r#"{"openapi":"3.0.3"}"#));
        assert_eq!(headers["content-type"], "application/json");
        let (status, headers, body) = fetch("/openapi.yaml").await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "openapi: 3.0.3\n"));
        assert_eq!(headers["content-type"], "application/yaml");
    }

    #[tokio::test]
    async fn the_page_loads_no_resources_from_other_servers() {
        let (status, headers, _) = fetch("/docs").await;
        assert_eq!((status, &headers["location"]), (StatusCode::SEE_OTHER, &HeaderValue::from_static("/docs/")));
        let (status, headers, page) = fetch("/docs/").await;
        assert_eq!(status, StatusCode::OK);
        assert!(headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
        assert!(!page.contains("https://") && !page.contains("http://"), "{page}");
        for file in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
            assert!(page.contains(file), "{file}");
            assert_eq!(fetch(&format!("/docs/{file}")).await.0, StatusCode::OK, "{file}");
        }
        assert!(fetch("/docs/swagger-initializer.js").await.2.contains("/openapi.json"));
    }
}
