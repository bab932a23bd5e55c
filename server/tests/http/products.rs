//! Tests of products: prices, pages, cache and rate limits.

use http::Method;
use serde_json::{Value, json};

use crate::envelope::refused;
use crate::support::{Service, body_of};

async fn get(service: &Service, path: &str) -> reqwest::Response {
    service.request(Method::GET, path).send().await.unwrap()
}

#[tokio::test]
async fn a_product_has_an_exact_price() {
    let service = Service::start().await;
    let product = body_of(get(&service, "/v1/products/ABC-1").await, 200).await;
    assert_eq!(product["price"], json!({ "amount": "19.99", "currency": "EUR" }));
    assert_eq!((&product["sku"], &product["name"]), (&json!("ABC-1"), &json!("Notebook")));
    let product = body_of(get(&service, "/v1/products/XYZ-9").await, 200).await;
    assert_eq!(product["price"]["amount"], "5.00");
    refused(get(&service, "/v1/products/NIX-1").await, 404, "NOT_FOUND").await;
    let error = refused(get(&service, "/v1/products/abc").await, 400, "VALIDATION_ERROR").await;
    assert_eq!(error.fields, ["sku"]);
}

#[tokio::test]
async fn pages_by_number_and_by_cursor_contain_equal_lists() {
    let service = Service::start().await;
    let page = body_of(get(&service, "/v1/products").await, 200).await;
    let pagination = json!({ "total": 10, "page": 1, "limit": 20, "hasMore": false, "nextCursor": null });
    assert_eq!(page["pagination"], pagination);
    let all = skus(&page);
    assert!(all.is_sorted() && all.len() == 10);

    let (mut by_number, mut by_cursor) = (Vec::new(), Vec::new());
    for page in 1..=4 {
        let found = body_of(get(&service, &format!("/v1/products?limit=3&page={page}")).await, 200).await;
        assert_eq!((&found["pagination"]["page"], &found["pagination"]["total"]), (&json!(page), &json!(10)));
        assert_eq!(found["pagination"]["hasMore"], page < 4);
        by_number.extend(skus(&found));
    }
    let mut path = "/v1/products?limit=3".to_owned();
    loop {
        let found = body_of(get(&service, &path).await, 200).await;
        by_cursor.extend(skus(&found));
        let Some(cursor) = found["pagination"]["nextCursor"].as_str() else { break };
        path = format!("/v1/products?limit=3&cursor={cursor}");
    }
    assert_eq!((&by_number, &by_cursor), (&all, &all));
    let beyond = body_of(get(&service, "/v1/products?page=9").await, 200).await;
    assert_eq!((&beyond["data"], &beyond["pagination"]["total"]), (&json!([]), &json!(10)));
}

fn skus(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|product| product["sku"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn all_violations_of_page_parameters_are_reported_together() {
    let service = Service::start().await;
    for (query, named) in [
        ("limit=0&page=x", vec!["limit", "page"]),
        ("limit=101&page=0", vec!["limit", "page"]),
        ("page=10001", vec!["page"]),
        ("page=1&cursor=abc", vec!["cursor"]),
        ("cursor=", vec!["cursor", "cursor"]),
        ("cursor=abc", vec!["cursor"]),
        ("limit=2&limit=3", vec!["limit"]),
    ] {
        let error = refused(get(&service, &format!("/v1/products?{query}")).await, 400, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, named, "{query}");
    }
}

#[tokio::test]
async fn all_callers_share_a_cached_response_until_it_is_invalidated() {
    let service = Service::start().await;
    let first = body_of(get(&service, "/v1/products/ABC-1").await, 200).await;
    sqlx::query("UPDATE products SET price = 1").execute(service.orders()).await.unwrap();
    let (user, _) = service.user("user@example.com").await;
    let cached = service.call(&user, Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert!(cached.headers().contains_key("x-ratelimit-remaining"));
    assert_eq!(body_of(cached, 200).await, first);
    service.server.of("orders").service.store.cache().invalidate(&["product:ABC-1"]).await;
    let fresh = body_of(get(&service, "/v1/products/ABC-1").await, 200).await;
    assert_eq!(fresh["price"]["amount"], "1.00");
}

#[tokio::test]
async fn an_address_can_send_300_requests_per_minute() {
    let service = Service::start().await;
    for minimum in (0..300).rev() {
        let response = get(&service, "/v1/products/ABC-1").await;
        assert_eq!(response.status(), 200);
        // The bucket is refilled while the requests are sent.
        let remaining: u32 = response.headers()["x-ratelimit-remaining"].to_str().unwrap().parse().unwrap();
        assert!(remaining >= minimum && remaining <= 299);
    }
    let mut response = get(&service, "/v1/products/ABC-1").await;
    for _ in 0..100 {
        if response.status() == 429 {
            break;
        }
        response = get(&service, "/v1/products/ABC-1").await;
    }
    let headers = response.headers();
    assert_eq!(
        (&headers["x-ratelimit-limit"], &headers["x-ratelimit-remaining"]),
        (&"300".parse().unwrap(), &"0".parse().unwrap())
    );
    assert_eq!(headers["retry-after"], "1");
    assert!(headers.contains_key("x-ratelimit-reset"));
    refused(response, 429, "RATE_LIMITED").await;
}

#[tokio::test]
async fn products_are_available_only_as_json() {
    let service = Service::start().await;
    for path in ["/v1/products", "/v1/products/ABC-1"] {
        let response = service.request(Method::GET, path).header("accept", "application/xml").send().await.unwrap();
        refused(response, 406, "NOT_ACCEPTABLE").await;
    }
}

#[tokio::test]
async fn the_contract_decides_which_caches_may_store_a_response() {
    let service = Service::start().await;
    let header = |response: &reqwest::Response, name: &str| {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    // All callers share a product, and it is public.
    let made = get(&service, "/v1/products/ABC-1").await;
    assert_eq!((header(&made, "cache-control").as_deref(), header(&made, "age")), (Some("public, max-age=300"), None));
    let cached = get(&service, "/v1/products/ABC-1").await;
    assert_eq!(header(&cached, "cache-control").as_deref(), Some("public, max-age=300"));
    assert!(header(&cached, "age").is_some_and(|age| age.parse::<u64>().unwrap() < 300));
    assert_eq!(header(&get(&service, "/v1/products/NIX-1").await, "cache-control").as_deref(), Some("no-store"));

    // A user belongs to one caller.
    let (session, user) = service.user("user@example.com").await;
    for _ in 0..2 {
        let request = service.call(&session, Method::GET, &format!("/v1/users/{}", user["id"].as_str().unwrap()));
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "cache-control").as_deref(), Some("private, no-cache"));
        assert_eq!(header(&response, "age"), None);
    }
}
