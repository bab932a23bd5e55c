//! Tests of the refusals and limits that all operations share, and of the routes outside the contract.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use generated::VERSIONS;
use http::Method;
use serde_json::{Value, json};
use server::testing::ScopedShop;
use writ_platform::testing::{Sweep, TestServer, forged_tokens, resigned_token};
use writ_runtime::Version;

use crate::customers::known;
use crate::envelope::refused;
use crate::orders::{Customer, NO_ORDER, a_notebook, ordered};
use crate::support::{PASSWORD, Service, Session, through_gateway};

#[tokio::test]
async fn an_unknown_path_is_refused_in_the_error_envelope() {
    let service = Service::start().await;
    for path in ["/", "/nowhere", "/v1", "/v1/", "/v1/products/", "/v1/products/ABC-1/", "/v3/users", "/docs/nowhere"] {
        let response = service.request(Method::GET, path).send().await.unwrap();
        assert!(refused(response, 404, "NOT_FOUND").await.fields.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_unsupported_method_is_refused_with_the_supported_ones() {
    let service = Service::start().await;
    for (path, allowed) in [
        ("/v1/products", "GET, HEAD, OPTIONS"),
        ("/v1/orders/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/users/x/cart", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/livez", "GET, HEAD, OPTIONS"),
    ] {
        let response = service.request(Method::POST, path).send().await.unwrap();
        assert_eq!(response.headers()["allow"], allowed, "{path}");
        refused(response, 405, "METHOD_NOT_ALLOWED").await;
    }
    let response = service.request(Method::POST, "/openapi.json").send().await.unwrap();
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    refused(response, 405, "METHOD_NOT_ALLOWED").await;
}

#[tokio::test]
async fn a_valid_request_id_of_the_caller_is_used() {
    let service = Service::start().await;
    let send =
        |path: &'static str, id: &'static str| service.request(Method::GET, path).header("x-request-id", id).send();
    for path in ["/livez", "/v1/products", "/openapi.yaml", "/docs/", "/nowhere"] {
        assert_eq!(send(path, "trace-1.a_B").await.unwrap().headers()["x-request-id"], "trace-1.a_B", "{path}");
        let other = send(path, "\"><script>").await.unwrap();
        let other = other.headers()["x-request-id"].to_str().unwrap();
        // A service creates an id in place of an invalid one. The gateway makes the characters of an invalid one valid.
        match through_gateway() {
            true => assert_eq!(other, "___script_", "{path}"),
            false => assert_eq!(other.len(), 36, "{path}"),
        }
    }
}

#[tokio::test]
async fn an_unavailable_database_is_a_503_without_the_cause() {
    let service = Service::start().await;
    service.orders().close().await;
    let response = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(
        refused(response, 503, "SERVICE_UNAVAILABLE").await.message,
        "the service is temporarily unavailable; try again later"
    );
}

#[tokio::test]
async fn an_internal_error_is_a_500_without_the_cause() {
    let service = Service::start().await;
    let pool = service.orders();
    sqlx::query("ALTER TABLE products RENAME TO hidden").execute(pool).await.unwrap();
    let response = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(refused(response, 500, "INTERNAL_ERROR").await.message, "an internal error occurred");
}

#[tokio::test]
async fn the_contract_and_its_page_are_served() {
    let service = Service::start().await;
    let fetch = |path: &'static str| service.request(Method::GET, path).send();
    let json = fetch("/openapi.json").await.unwrap();
    assert_eq!(json.headers()["content-type"], "application/json");
    let contract: Value = json.json().await.unwrap();
    assert_eq!(contract["paths"]["/v2/orders/{orderId}"]["patch"]["operationId"], "updateOrder");
    for (path, version) in [("/v1/openapi.json", "1.0.0"), ("/v2/openapi.json", "2.0.0")] {
        let contract: Value = fetch(path).await.unwrap().json().await.unwrap();
        assert_eq!(contract["info"]["version"], version, "{path}");
    }
    let page = fetch("/docs/swagger-initializer.js").await.unwrap().text().await.unwrap();
    assert!(page.contains("/v1/openapi.json") && page.contains("/v2/openapi.json"), "{page}");
    let yaml = fetch("/openapi.yaml").await.unwrap();
    assert_eq!(yaml.headers()["content-type"], "application/yaml");
    assert!(yaml.text().await.unwrap().contains("operationId: updateOrder"));
    assert_eq!(fetch("/docs/").await.unwrap().status(), 200);
}

/// The id of a webhook endpoint that does not exist.
pub const NO_WEBHOOK: &str = "whk_01kf327se0fsytr0x9a1xe4sfe";

/// The operations that everybody can call without credentials, in each version of the API.
const PUBLIC: [&str; 9] =
    ["login", "refresh", "logout", "createUser", "listProducts", "getProduct", "health", "livez", "readyz"];

/// Returns a sweep of all operations of each version by an administrator, with the account of a customer.
async fn sweeps(service: &Service) -> Vec<Sweep> {
    let customer = Customer::new(service, "user@example.com").await;
    known(service, &json!({ "id": customer.id })).await;
    let admin = service.admin().await;
    VERSIONS.all.iter().map(|version| sweep(service, version, &customer, &admin)).collect()
}

fn sweep(service: &Service, version: &Version, customer: &Customer, admin: &Session) -> Sweep {
    let refresh = json!({ "refreshToken": customer.session.refresh });
    bodies(service.sweep(version.operations), version)
        .credential("bearer", &admin.access)
        .body("refresh", refresh.clone())
        .body("logout", refresh)
        .value("userId", &customer.id)
        .value("orderId", NO_ORDER.trim_start_matches("/v1/orders/"))
        .value("sku", "ABC-1")
        .value("webhookId", NO_WEBHOOK)
}

/// Returns a sweep with a valid body for each operation that needs one after its credentials.
fn bodies(sweep: Sweep, version: &Version) -> Sweep {
    let with_name = |mut user: Value| {
        match version.number {
            1 => user["name"] = json!("New Name"),
            _ => {
                user["givenName"] = json!("New");
                user["familyName"] = json!("Name");
            }
        }
        user
    };
    let user = with_name(json!({ "email": "user@example.com", "role": "user" }));
    sweep
        .body("login", json!({ "email": "user@example.com", "password": PASSWORD }))
        .body("createUser", with_name(json!({ "email": "new@example.com", "password": PASSWORD })))
        .body("replaceUser", user.clone())
        .body("updateUser", user)
        .body("changePassword", json!({ "current": PASSWORD, "new": "incorrect horse battery staple" }))
        .body("replaceCart", json!({ "items": [] }))
        .body("createOrder", a_notebook())
        .body("updateOrder", json!({ "version": 1, "status": "cancelled" }))
        .body("createWebhook", json!({ "url": "https://hooks.example.com/" }))
        .body("updateWebhook", json!({ "status": "enabled" }))
}

/// The key that signs the access tokens of a server whose tests forge some.
const KEY: [u8; 32] = [7; 32];

/// The scopes of a user who is not an administrator.
const SCOPES: [&str; 4] = ["users:read", "users:write", "orders:read", "orders:write"];

/// Starts a server that signs with a known key and trusts the addresses in `X-Forwarded-For`.
async fn start_with_key() -> Service {
    let key = STANDARD.encode(KEY);
    Service::start_with(|settings| {
        settings.set("WRIT_TOKEN_KEYS", &key);
        settings.set("WRIT_TRUSTED_PROXIES", "127.0.0.0/8");
    })
    .await
}

#[tokio::test]
async fn every_operation_with_security_requires_credentials() {
    let service = start_with_key().await;
    let admin = service.admin().await;
    let mut refused = vec![("is a refresh token", admin.refresh.clone())];
    refused.extend(forged_tokens(&admin.access));
    let claim = |name: &'static str, value: Value| resigned_token(&admin.access, &KEY, |claims| claims[name] = value);
    refused.extend([
        ("has expired", claim("exp", json!(1_700_000_000))),
        ("is for another service", claim("aud", json!("other"))),
        ("is by another issuer", claim("iss", json!("other"))),
        ("is of no user", claim("sub", json!("root"))),
        ("has no known role", claim("roles", json!(["root"]))),
        ("has no session", claim("sid", Value::Null)),
    ]);
    for sweep in sweeps(&service).await {
        let sweep = refused.iter().fold(sweep, |sweep, (fault, token)| sweep.refuses("bearer", fault, token));
        sweep.requires_credentials(&PUBLIC).await;
        service.reset_limits().await;
    }
    // The key is that of the service: a token with the claims of the original is valid.
    let valid = resigned_token(&admin.access, &KEY, |_| ());
    let response = service.request(Method::GET, "/v1/users").bearer_auth(valid).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn the_tokens_of_an_ended_session_are_refused_by_every_operation() {
    let service = start_with_key().await;
    let ended = service.admin().await;
    let logout = json!({ "refreshToken": ended.refresh });
    let response = service.request(Method::POST, "/v1/auth/logout").json(&logout).send().await.unwrap();
    assert_eq!(response.status(), 204);
    for sweep in sweeps(&service).await {
        sweep.refuses("bearer", "is of an ended session", &ended.access).requires_credentials(&PUBLIC).await;
        service.reset_limits().await;
    }
}

#[tokio::test]
async fn every_operation_hides_data_from_other_users_and_requires_its_scopes() {
    let service = Service::start().await;
    let owner = Customer::new(&service, "owner@example.com").await;
    let other = Customer::new(&service, "other@example.com").await;
    let order = ordered(&service, &owner).await;
    let of = |session: &Session, version: &Version| {
        bodies(service.sweep(version.operations), version)
            .credential("bearer", &session.access)
            .value("userId", &owner.id)
            .value("orderId", order.trim_start_matches("/v1/orders/"))
            .value("sku", "ABC-1")
            .value("webhookId", NO_WEBHOOK)
    };
    // Callers see only their own orders in the list of orders. Webhook endpoints belong to nobody; they need a scope.
    let webhooks =
        ["listWebhooks", "createWebhook", "getWebhook", "updateWebhook", "deleteWebhook", "rotateWebhookSecret"];
    let open = [["listOrders", "listUsers"].as_slice(), &webhooks].concat();
    for version in VERSIONS.all {
        of(&owner.session, version).refuses_other_callers(&of(&other.session, version), &open).await;
        of(&other.session, version).requires_scopes_beyond(&SCOPES).await;
        service.reset_limits().await;
    }
}

#[tokio::test]
async fn every_operation_requires_each_of_its_scopes() {
    let server = TestServer::<ScopedShop>::start().await;
    for version in VERSIONS.all {
        let sweep = Sweep::new(&server, version.operations);
        sweep.requires_each_scope(async |_, scopes| ScopedShop::token(scopes)).await;
    }
}

#[tokio::test]
async fn every_operation_refuses_requests_that_it_does_not_declare() {
    let service = Service::start().await;
    for sweep in sweeps(&service).await {
        sweep.refuses_other_methods().await;
        sweep.refuses_invalid_path_parameters().await;
        sweep.refuses_unreadable_bodies().await;
        sweep.refuses_other_media_types().await;
        sweep.requires_preconditions().await;
        service.reset_limits().await;
    }
}

#[tokio::test]
async fn every_operation_has_its_declared_rate_limit() {
    let service = Service::start().await;
    for sweep in sweeps(&service).await {
        sweep.limits_requests().await;
        // Both versions of an operation have one limit.
        service.reset_limits().await;
    }
}

#[tokio::test]
async fn every_operation_is_a_503_without_the_databases() {
    let service = Service::start().await;
    let sweeps = sweeps(&service).await;
    service.users().close().await;
    service.orders().close().await;
    for sweep in sweeps {
        sweep.is_unavailable().await;
        service.reset_limits().await;
    }
}
