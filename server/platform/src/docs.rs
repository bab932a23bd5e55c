//! The routes that serve the contract as a file, and a web page for reading it and for sending requests.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{HeaderValue, header};
use utoipa_swagger_ui::{Config, SwaggerUi, Url};
use writ_runtime::{ErrorEnvelope, Version, Versions};

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
    let routes = document("", json, yaml).merge(page([Url::from("/openapi.json")]));
    conventions::apply(routes, envelope)
}

/// Returns the routes that serve the contracts of all versions of an API, and `/docs`, which serves Swagger UI for each.
///
/// The contract of version 1 is `/v1/openapi.json` and `/v1/openapi.yaml`. That of the default version is `/openapi.json`
/// and `/openapi.yaml` too, and the page shows it first.
pub fn versions_router(envelope: &'static ErrorEnvelope, versions: &'static Versions) -> Router {
    let is_default = |version: &Version| version.number == versions.default;
    let urls = versions.all.iter().rev().map(|version| {
        // The page keeps its addresses until the process ends.
        let url = format!("{}/openapi.json", version.prefix).leak();
        Url::with_primary(version.prefix.trim_start_matches('/'), url, is_default(version))
    });
    let mut routes = Router::new().merge(page(urls));
    for version in versions.all {
        routes = routes.merge(document(version.prefix, version.json, version.yaml));
        if is_default(version) {
            routes = routes.merge(document("", version.json, version.yaml));
        }
    }
    conventions::apply(routes, envelope)
}

/// Returns the routes that serve a contract below a prefix.
fn document(prefix: &str, json: &'static str, yaml: &'static str) -> Router {
    Router::new()
        .route(&format!("{prefix}/openapi.json"), get(async move || text("application/json", json)))
        .route(&format!("{prefix}/openapi.yaml"), get(async move || text("application/yaml", yaml)))
}

/// Returns the routes of Swagger UI for the contracts at these addresses.
fn page(urls: impl IntoIterator<Item = Url<'static>>) -> Router {
    let config = Config::new(urls).try_it_out_enabled(true).persist_authorization(false).validator_url("none");
    let page: Router = SwaggerUi::new("/docs").config(config).into();
    page.layer(axum::middleware::map_response(async |mut response: axum::response::Response| {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
        response
    }))
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
        fetch_from(router(&writ_runtime::PROBLEM_JSON, r#"{"openapi":"3.0.3"}"#, "openapi: 3.0.3\n"), path).await
    }

    async fn fetch_from(app: Router, path: &str) -> (StatusCode, http::HeaderMap, String) {
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

    static VERSIONS: Versions = Versions {
        default: 2,
        media_type: "application/vnd.api+json",
        parameter: "version",
        all: &[
            Version { number: 1, prefix: "/v1", json: "{\"v\":1}", yaml: "v: 1\n", ..Version::NONE },
            Version { number: 2, prefix: "/v2", json: "{\"v\":2}", yaml: "v: 2\n", ..Version::NONE },
        ],
    };

    #[tokio::test]
    async fn each_version_has_its_contract_and_the_page_offers_all() {
        let app = versions_router(&writ_runtime::PROBLEM_JSON, &VERSIONS);
        for (path, expected) in [
            ("/openapi.json", "{\"v\":2}"),
            ("/openapi.yaml", "v: 2\n"),
            ("/v1/openapi.json", "{\"v\":1}"),
            ("/v1/openapi.yaml", "v: 1\n"),
            ("/v2/openapi.yaml", "v: 2\n"),
        ] {
            let (status, _, body) = fetch_from(app.clone(), path).await;
            assert_eq!((status, body.as_str()), (StatusCode::OK, expected), "{path}");
        }
        let script = fetch_from(app, "/docs/swagger-initializer.js").await.2;
        for expected in ["/v1/openapi.json", "/v2/openapi.json", "\"urls.primaryName\": \"v2\""] {
            assert!(script.contains(expected), "{expected}\n{script}");
        }
    }
}
