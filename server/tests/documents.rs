//! Tests that combine the operations of the contract with handwritten routes in one OpenAPI document.

use axum::Json;
use axum::body::Body;
use axum::routing::get;
use generated::v2;
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The status of the machine.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Status {
    load: f64,
}

/// Get the load.
#[utoipa::path(get, path = "/status", tag = "machine", responses((status = 200, body = Status)))]
async fn status() -> Json<Status> {
    Json(Status { load: 0.5 })
}

#[derive(utoipa::OpenApi)]
#[openapi(info(title = "Handwritten", version = "2"), paths(status))]
struct Handwritten;

/// Checks that every reference in the document has a target in it.
fn assert_resolves(document: &Value, at: &Value) {
    match at {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                let pointer = reference.strip_prefix('#').expect("a reference within the document");
                assert!(document.pointer(pointer).is_some(), "{reference}");
            }
            fields.values().for_each(|value| assert_resolves(document, value));
        }
        Value::Array(elements) => elements.iter().for_each(|value| assert_resolves(document, value)),
        _ => {}
    }
}

#[test]
fn the_document_equals_the_contract() {
    let contract: Value = serde_json::from_str(v2::OPENAPI_31_JSON).unwrap();
    let document = serde_json::to_value(v2::openapi()).unwrap();
    assert_eq!(document["info"], contract["info"]);
    assert_eq!(document["components"]["schemas"], contract["components"]["schemas"]);
    assert_eq!(document["components"]["responses"], contract["components"]["responses"]);
    let operation = "/paths/~1v2~1users~1{userId}/get";
    assert_eq!(document.pointer(operation), contract.pointer(operation));
    assert_resolves(&document, &document);
}

#[tokio::test]
async fn a_handwritten_route_is_in_one_document_with_the_contract() {
    let (router, document) = OpenApiRouter::with_openapi(v2::openapi()).routes(routes!(status)).split_for_parts();
    let app = router.route("/openapi.json", get(async move || Json(document)));
    let fetch = async |path: &str| {
        let response = app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    assert_eq!(fetch("/status").await["load"], 0.5);
    let document = fetch("/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["paths"]["/status"]["get"]["summary"], "Get the load.");
    assert_eq!(document["paths"]["/v2/users/{userId}"]["get"]["operationId"], "getUser");
    assert_eq!(document["paths"]["/v2/users/{userId}"]["get"]["x-rate-limit"]["window"], "60s");
    assert!(document["components"]["schemas"]["Status"].is_object());
    assert_resolves(&document, &document);
}

#[test]
fn merging_the_contract_into_another_document_adds_all_components() {
    let document = writ_runtime::openapi::merge(Handwritten::openapi(), v2::openapi());
    let document = serde_json::to_value(document).unwrap();
    assert_eq!(document["info"]["title"], "Handwritten");
    let contract: Value = serde_json::from_str(v2::OPENAPI_31_JSON).unwrap();
    for section in contract["components"].as_object().unwrap().keys() {
        for name in contract["components"][section].as_object().unwrap().keys() {
            assert!(!document["components"][section][name].is_null(), "{section}/{name}");
        }
    }
    assert!(document["paths"]["/status"]["get"].is_object());
    assert!(document["paths"]["/v2/users/{userId}"]["get"].is_object());
    assert_resolves(&document, &document);
}
