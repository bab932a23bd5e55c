//! The requests of the benchmark: one for each measurement, and one for each check that must refuse an invalid
//! value.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::types::Product;

/// The id of every customer that the benchmarked services create.
pub const CUSTOMER: Uuid = Uuid::from_u128(0x0191_8a2c_7d4e_7c3a_9b1f_2f6d_3f5b_7a01);

/// The total number of offers that every response of the benchmarked services reports.
pub const OFFERS: i64 = 1234;

/// A request of the benchmark, which is sent to the services repeatedly.
pub struct Sample {
    /// The title of the request's measurement in the table of results.
    pub title: &'static str,
    method: Method,
    target: &'static str,
    body: Bytes,
}

impl Sample {
    /// Builds the HTTP request with the headers of a common client.
    pub fn request(&self) -> Request<Body> {
        let builder = Request::builder()
            .method(&self.method)
            .uri(self.target)
            .header("host", "localhost:3000")
            .header("user-agent", "bench/1.0")
            .header("accept", "*/*");
        let request = if self.body.is_empty() {
            builder.body(Body::empty())
        } else {
            builder
                .header("content-type", "application/json")
                .header("content-length", self.body.len())
                .body(Body::from(self.body.clone()))
        };
        request.expect("the request is valid")
    }

    /// Returns the size of the request body in bytes.
    pub fn size(&self) -> usize {
        self.body.len()
    }
}

/// Returns the requests that the benchmark measures.
pub fn measured() -> [Sample; 4] {
    let target = "/shops/01918a2c-7d4e-7c3a-9b1f-2f6d3f5b7a02/offers\
        ?status=active&search=red%20running%20shoes&since=2026-05-31T13:45:00Z&limit=50";
    [
        Sample { title: "GET, five parameters", method: Method::GET, target, body: Bytes::new() },
        post("POST of 0.5 KB", "/customers", &customer()),
        post("POST of 20 KB", "/orders", &order(100)),
        Sample { title: "response of 20 KB", method: Method::GET, target: "/products", body: Bytes::new() },
    ]
}

/// Returns invalid variants of the benchmark's requests, one for each check of the contract.
pub fn refused() -> Vec<Sample> {
    let mut samples = Vec::new();
    for query in ["search=x", "search=Shoes", "search=shoes&limit=101", "search=shoes&limit=0"] {
        let target: &'static str =
            Box::leak(format!("/shops/01918a2c-7d4e-7c3a-9b1f-2f6d3f5b7a02/offers?{query}").into_boxed_str());
        samples.push(Sample { title: target, method: Method::GET, target, body: Bytes::new() });
    }
    let customers = [
        ("/name", json!("")),
        ("/email", json!("nobody")),
        ("/phone", json!("12345")),
        ("/creditLimit", json!(50_000.5)),
        ("/tags", json!(["new", "new"])),
        ("/tags/0", json!("NEW")),
        ("/addresses", json!([])),
        ("/addresses/0/street", json!("")),
        ("/addresses/0/postalCode", json!("x")),
        ("/addresses/1/country", json!("deu")),
        ("/note", json!("x".repeat(501))),
    ];
    let orders = [
        ("/currency", json!("eur")),
        ("/lines", json!([])),
        ("/lines/3/sku", json!("ABC")),
        ("/lines/3/title", json!("")),
        ("/lines/3/quantity", json!(0)),
        ("/lines/3/unitPrice", json!(-0.01)),
        ("/lines/3/labels", json!(["a", "b", "a"])),
        ("/lines/3/labels/0", json!("")),
        ("/lines/3/discounts/0/code", json!("")),
        ("/lines/3/discounts/0/percent", json!(100.5)),
    ];
    samples.extend(customers.map(|(at, value)| post(at, "/customers", &with(customer(), at, value))));
    samples.extend(orders.map(|(at, value)| post(at, "/orders", &with(order(5), at, value))));
    samples
}

/// Returns the products of the response that has about 20 KB of JSON.
pub fn products() -> Vec<Product> {
    let begun: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    (0..75u32)
        .map(|index| Product {
            id: Uuid::from_u128(CUSTOMER.as_u128() + u128::from(index)),
            sku: format!("SKU-{:05}", index * 37),
            name: format!("Running shoe number {index}"),
            description: (index % 3 > 0).then(|| format!("A \"shoe\" for long ways, in size {}.", 36 + index % 12)),
            price: f64::from(index * 731 % 20_000) / 100.0,
            stock: (index * 17 % 400) as i32,
            available: index % 7 > 0,
            tags: vec!["shoes".to_owned(), format!("size-{}", 36 + index % 12)],
            created_at: begun + TimeDelta::milliseconds(i64::from(index) * 86_461_123),
        })
        .collect()
}

fn post(title: &'static str, target: &'static str, body: &Value) -> Sample {
    Sample { title, method: Method::POST, target, body: Bytes::from(body.to_string()) }
}

fn with(mut body: Value, at: &str, value: Value) -> Value {
    *body.pointer_mut(at).expect("the sample has this value") = value;
    body
}

fn customer() -> Value {
    json!({
        "name": "Ada Example",
        "email": "user@example.com",
        "phone": "+4930123456789",
        "birthDate": "1990-12-10",
        "language": "en",
        "newsletter": true,
        "creditLimit": 1250.5,
        "tags": ["new", "runner", "long-distance"],
        "addresses": [
            { "street": "1 Example Street", "city": "Berlin", "postalCode": "10115", "country": "DE" },
            { "street": "Second floor, 22 Example Avenue", "city": "Zürich", "postalCode": "8001", "country": "CH" },
        ],
        "note": "Rings twice. Prefers to be written to, and no deliveries before ten.",
    })
}

fn order(lines: usize) -> Value {
    let line = |index: usize| {
        json!({
            "sku": format!("SHO-{:05}", index * 37),
            "title": format!("Running shoe number {index}, in size {}", 36 + index % 12),
            "quantity": 1 + index % 9,
            "unitPrice": (index * 731 % 20_000) as f64 / 100.0,
            "gift": index.is_multiple_of(5),
            "labels": ["fragile", format!("shelf-{}", index % 40), "returnable"],
            "discounts": [{ "code": "SPRING", "percent": 12.5 }, { "code": "LOYAL", "percent": 2 }],
        })
    };
    json!({
        "customerId": CUSTOMER,
        "placedAt": "2026-05-31T13:45:00.250Z",
        "currency": "EUR",
        "lines": (0..lines).map(line).collect::<Vec<_>>(),
    })
}
