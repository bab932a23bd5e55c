//! Whoever refuses, router, edge, gate, handler or what is beside them, it is done in one shape.

use http::Method;

use crate::envelope::refused;
use crate::support::Service;

#[tokio::test]
async fn what_is_nowhere_is_refused_like_everything_else() {
    let service = Service::start().await;
    for path in ["/", "/nowhere", "/v1", "/v1/", "/v1/products/", "/v1/products/ABC-1/", "/v3/users", "/docs/nowhere"] {
        let answer = service.request(Method::GET, path).send().await.unwrap();
        assert!(refused(answer, 404, "NOT_FOUND").await.fields.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn another_method_is_told_which_there_are() {
    let service = Service::start().await;
    for (path, allowed) in [
        ("/v1/products", "GET, HEAD, OPTIONS"),
        ("/v1/orders/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/users/x/cart", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/livez", "GET, HEAD, OPTIONS"),
    ] {
        let answer = service.request(Method::POST, path).send().await.unwrap();
        assert_eq!(answer.headers()["allow"], allowed, "{path}");
        refused(answer, 405, "METHOD_NOT_ALLOWED").await;
    }
    let answer = service.request(Method::POST, "/openapi.json").send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
    refused(answer, 405, "METHOD_NOT_ALLOWED").await;
}

#[tokio::test]
async fn a_request_is_named_as_its_caller_named_it() {
    let service = Service::start().await;
    let named =
        |path: &'static str, id: &'static str| service.request(Method::GET, path).header("x-request-id", id).send();
    for path in ["/livez", "/v1/products", "/openapi.yaml", "/docs/", "/nowhere"] {
        assert_eq!(named(path, "trace-1.a_B").await.unwrap().headers()["x-request-id"], "trace-1.a_B", "{path}");
        let other = named(path, "\"><script>").await.unwrap();
        assert_eq!(other.headers()["x-request-id"].len(), 36, "{path}");
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_a_503_with_no_word_of_why() {
    let service = Service::start().await;
    service.server.platform.databases.orders.close().await;
    let answer = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(refused(answer, 503, "SERVICE_UNAVAILABLE").await.message, "the service is not available now");
}

#[tokio::test]
async fn a_fault_of_ours_is_a_500_with_no_word_of_why() {
    let service = Service::start().await;
    let pool = &service.server.platform.databases.orders;
    sqlx::query("ALTER TABLE products RENAME TO hidden").execute(pool).await.unwrap();
    let answer = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(refused(answer, 500, "INTERNAL_ERROR").await.message, "an internal error happened");
}

#[tokio::test]
async fn the_contract_and_a_page_on_it_are_served() {
    let service = Service::start().await;
    for (path, media) in [("/openapi.json", "application/json"), ("/openapi.yaml", "application/yaml")] {
        let answer = service.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], media);
        assert!(answer.text().await.unwrap().contains("openapi"));
    }
    let page = service.request(Method::GET, "/docs/").send().await.unwrap();
    assert_eq!(page.status(), 200);
}
