//! Tests of placing, reading, changing and cancelling orders.

use generated::v1::{
    DeleteOrderError, DeleteOrderRequest, GetOrderRequest, Order, OrderId, OrderPatch, OrderStatus, UpdateOrderError,
    UpdateOrderRequest, UpdateOrderResponse,
};
use http::Method;
use reqwest::Response;
use serde_json::{Value, json};

use writ_runtime::ETag;
use writ_runtime::client::Failure;

use crate::customers::known;
use crate::envelope::refused;
use crate::support::{Service, Session, body_of};

/// The path of an order that does not exist.
pub const NO_ORDER: &str = "/v1/orders/ord_01kf327se0fsytr0x9a1xe4sfc";

/// A registered user with a session.
pub struct Customer {
    pub session: Session,
    pub id: String,
}

impl Customer {
    pub async fn new(service: &Service, email: &str) -> Customer {
        let (session, profile) = service.user(email).await;
        Customer { session, id: profile["id"].as_str().unwrap().to_owned() }
    }

    /// Returns the path of the customer's orders.
    pub fn orders(&self) -> String {
        format!("/v1/users/{}/orders", self.id)
    }

    pub async fn order(&self, service: &Service, body: &Value) -> Response {
        service.call(&self.session, Method::POST, &self.orders()).json(body).send().await.unwrap()
    }

    pub async fn fill_cart(&self, service: &Service, skus: &[&str]) {
        let items: Vec<_> = skus.iter().map(|sku| json!({ "sku": sku, "quantity": 2 })).collect();
        let path = format!("/v1/users/{}/cart", self.id);
        let request = service.call(&self.session, Method::PUT, &path).json(&json!({ "items": items }));
        body_of(request.send().await.unwrap(), 200).await;
    }

    pub async fn cart(&self, service: &Service) -> Value {
        let path = format!("/v1/users/{}/cart", self.id);
        body_of(service.call(&self.session, Method::GET, &path).send().await.unwrap(), 200).await["items"].take()
    }
}

/// Returns a request body that orders one notebook.
pub fn a_notebook() -> Value {
    json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }], "currency": "EUR" })
}

pub async fn get(service: &Service, session: &Session, path: &str) -> Response {
    service.call(session, Method::GET, path).send().await.unwrap()
}

pub async fn patch(service: &Service, session: &Session, path: &str, version: i32, status: &str) -> Response {
    let body = json!({ "version": version, "status": status });
    service.call(session, Method::PATCH, path).json(&body).send().await.unwrap()
}

pub async fn delete(service: &Service, session: &Session, path: &str) -> Response {
    service.call(session, Method::DELETE, path).send().await.unwrap()
}

/// Places an order for the customer and returns its path.
pub async fn ordered(service: &Service, customer: &Customer) -> String {
    let response = customer.order(service, &a_notebook()).await;
    assert_eq!(response.status(), 201);
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// The result of updating an order.
type Updated = Result<UpdateOrderResponse, Failure<UpdateOrderError>>;

/// An order with the clients of its owner and of an administrator.
struct Placed {
    id: OrderId,
    owner: generated::v1::client::Client,
    admin: generated::v1::client::Client,
}

impl Placed {
    async fn new(service: &Service) -> Placed {
        let admin = service.client_of(&service.admin().await);
        let customer = Customer::new(service, "user@example.com").await;
        let path = ordered(service, &customer).await;
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        Placed { id, owner: service.client_of(&customer.session), admin }
    }

    async fn step(&self, by: &generated::v1::client::Client, version: i32, status: OrderStatus) -> Updated {
        let body = OrderPatch { version, status };
        by.orders.update_order(&UpdateOrderRequest { order_id: self.id, if_match: None, body }).await
    }

    async fn read(&self) -> Order {
        self.owner.orders.get_order(&GetOrderRequest { order_id: self.id, fields: None }).await.unwrap().body
    }
}

fn assert_conflict(updated: Updated) {
    let failure = updated.unwrap_err();
    assert!(matches!(failure.refusal(), Some(UpdateOrderError::Conflict(_))), "{failure}");
}

const ALL_STATUSES: [OrderStatus; 5] =
    [OrderStatus::Pending, OrderStatus::Paid, OrderStatus::Shipped, OrderStatus::Delivered, OrderStatus::Cancelled];

#[tokio::test]
async fn an_order_has_the_current_prices_and_is_at_the_location_of_the_response() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let body = json!({
        "items": [{ "sku": "XYZ-9", "quantity": 1 }, { "sku": "ABC-1", "quantity": 2 }],
        "currency": "EUR",
    });
    let response = customer.order(&service, &body).await;
    let (location, etag) = (response.headers()["location"].clone(), response.headers()["etag"].clone());
    let order = body_of(response, 201).await;
    assert_eq!(location, format!("/v1/orders/{}", order["id"].as_str().unwrap()));
    assert_eq!(etag, "\"1\"");
    let euro = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!((&order["status"], &order["version"]), (&json!("pending"), &json!(1)));
    assert_eq!((&order["total"], &order["userId"]), (&euro("44.98"), &json!(customer.id)));
    let items = json!([
        { "sku": "XYZ-9", "quantity": 1, "unitPrice": euro("5.00"), "lineTotal": euro("5.00") },
        { "sku": "ABC-1", "quantity": 2, "unitPrice": euro("19.99"), "lineTotal": euro("39.98") },
    ]);
    assert_eq!(order["items"], items);

    let path = location.to_str().unwrap();
    let read = get(&service, &customer.session, path).await;
    assert_eq!(read.headers()["etag"], "\"1\"");
    assert_eq!(body_of(read, 200).await, order);
    // A later change of the price does not change the order.
    let orders = service.orders();
    sqlx::query("UPDATE products SET price = 1").execute(orders).await.unwrap();
    assert_eq!(body_of(get(&service, &customer.session, path).await, 200).await, order);
}

#[tokio::test]
async fn an_unchanged_order_is_not_sent_again() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let send = |tag| service.call(&customer.session, Method::GET, &path).header("if-none-match", tag).send();
    for tag in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
        let response = send(tag).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["etag"]),
            (304, &"\"1\"".parse().unwrap()),
            "{tag}"
        );
        assert_eq!(response.text().await.unwrap(), "");
    }
    body_of(send("\"2\"").await.unwrap(), 200).await;
    let sparse = body_of(get(&service, &customer.session, &format!("{path}?fields=status,total")).await, 200).await;
    assert_eq!(sparse, json!({ "status": "pending", "total": { "amount": "19.99", "currency": "EUR" } }));
}

#[tokio::test]
async fn every_item_that_cannot_be_ordered_is_reported_and_no_order_is_placed() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let skus = ["NIX-1", "ABC-1", "ENV-100", "ABC-1", "NIX-2"];
    let items: Vec<_> = skus.iter().map(|sku| json!({ "sku": sku, "quantity": 1 })).collect();
    let response = customer.order(&service, &json!({ "items": items, "currency": "EUR" })).await;
    let refusal = refused(response, 422, "VALIDATION_ERROR").await;
    assert_eq!(refusal.fields, ["items[0].sku", "items[2].sku", "items[3].sku", "items[4].sku"]);
    let response = customer.order(&service, &json!({ "fromCart": true })).await;
    assert_eq!(refused(response, 422, "VALIDATION_ERROR").await.fields, ["fromCart"]);
    let list = body_of(get(&service, &customer.session, &customer.orders()).await, 200).await;
    assert_eq!(list["pagination"]["total"], 0);
}

#[tokio::test]
async fn only_a_successful_order_from_the_cart_empties_it() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let from_cart = json!({ "fromCart": true });
    customer.fill_cart(&service, &["ABC-1", "ENV-100", "CLP-20", "XYZ-9"]).await;
    let refusal = refused(customer.order(&service, &from_cart).await, 422, "VALIDATION_ERROR").await;
    assert_eq!(refusal.fields, ["fromCart", "fromCart"]);
    assert_eq!(customer.cart(&service).await.as_array().unwrap().len(), 4);

    customer.fill_cart(&service, &["ENV-100", "STA-50"]).await;
    let order = body_of(customer.order(&service, &from_cart).await, 201).await;
    assert_eq!(order["total"], json!({ "amount": "92.90", "currency": "USD" }));
    assert_eq!(order["items"][0]["sku"], "ENV-100");
    assert_eq!(customer.cart(&service).await, json!([]));
    refused(customer.order(&service, &from_cart).await, 422, "VALIDATION_ERROR").await;
}

#[tokio::test]
async fn an_administrator_moves_an_order_from_pending_to_delivered() {
    let service = Service::start().await;
    let placed = Placed::new(&service).await;
    for (version, status) in [(1, OrderStatus::Paid), (2, OrderStatus::Shipped), (3, OrderStatus::Delivered)] {
        assert_conflict(placed.step(&placed.owner, version, status).await);
        let changed = placed.step(&placed.admin, version, status).await.unwrap();
        assert_eq!(changed.etag, ETag::strong(version + 1));
        assert_eq!((changed.body.status, changed.body.version), (status, version + 1));
        assert_eq!(placed.read().await, changed.body);
    }
    for status in ALL_STATUSES {
        assert_conflict(placed.step(&placed.admin, 4, status).await);
    }
    let cancel = DeleteOrderRequest { order_id: placed.id, if_match: None };
    let failure = placed.owner.orders.delete_order(&cancel).await.unwrap_err();
    assert!(matches!(failure.refusal(), Some(DeleteOrderError::Conflict(_))), "{failure}");
}

#[tokio::test]
async fn a_status_cannot_be_skipped() {
    let service = Service::start().await;
    let placed = Placed::new(&service).await;
    for status in [OrderStatus::Pending, OrderStatus::Shipped, OrderStatus::Delivered] {
        assert_conflict(placed.step(&placed.admin, 1, status).await);
    }
    placed.step(&placed.admin, 1, OrderStatus::Paid).await.unwrap();
    let order = placed.step(&placed.owner, 2, OrderStatus::Cancelled).await.unwrap().body;
    assert_eq!((order.status, order.version), (OrderStatus::Cancelled, 3));
    for status in ALL_STATUSES {
        assert_conflict(placed.step(&placed.admin, 3, status).await);
    }
}

#[tokio::test]
async fn a_cancelled_order_can_be_read_and_cancelled_again() {
    let service = Service::start().await;
    let placed = Placed::new(&service).await;
    for _ in 0..2 {
        let cancel = DeleteOrderRequest { order_id: placed.id, if_match: None };
        placed.owner.orders.delete_order(&cancel).await.unwrap();
        let order = placed.read().await;
        assert_eq!((order.status, order.version), (OrderStatus::Cancelled, 2));
    }
}

#[tokio::test]
async fn a_change_of_a_stale_version_is_refused() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let change = |tag: &'static str, version: i32, status: &'static str| {
        let body = json!({ "version": version, "status": status });
        service.call(&admin, Method::PATCH, &path).header("if-match", tag).json(&body).send()
    };
    refused(patch(&service, &admin, &path, 2, "paid").await, 409, "CONFLICT").await;
    for tag in ["\"2\"", "W/\"2\"", "\"01\"", "\"2\", \"3\""] {
        refused(change(tag, 1, "paid").await.unwrap(), 412, "PRECONDITION_FAILED").await;
    }
    // The condition in `If-Match` takes precedence over the version in the body.
    refused(change("\"7\"", 7, "paid").await.unwrap(), 412, "PRECONDITION_FAILED").await;
    let refusal = refused(change("1", 1, "paid").await.unwrap(), 400, "VALIDATION_ERROR").await;
    assert_eq!(refusal.fields, ["If-Match"]);
    body_of(change("\"0\", \"1\"", 1, "paid").await.unwrap(), 200).await;
    refused(change("*", 1, "shipped").await.unwrap(), 409, "CONFLICT").await;
    body_of(change("*", 2, "shipped").await.unwrap(), 200).await;
    let cancel = service.call(&customer.session, Method::DELETE, &path).header("if-match", "\"2\"");
    refused(cancel.send().await.unwrap(), 412, "PRECONDITION_FAILED").await;
}

#[tokio::test]
async fn the_order_of_another_user_does_not_exist() {
    let service = Service::start().await;
    let owner = Customer::new(&service, "user@example.com").await;
    let other = Customer::new(&service, "other@example.com").await;
    let path = ordered(&service, &owner).await;
    for path in [path.as_str(), NO_ORDER] {
        let session = &other.session;
        refused(get(&service, session, path).await, 404, "NOT_FOUND").await;
        refused(get(&service, session, &format!("{path}/items")).await, 404, "NOT_FOUND").await;
        refused(delete(&service, session, path).await, 404, "NOT_FOUND").await;
        // The response is also 404 if the version is wrong and the change of status is not allowed.
        refused(patch(&service, session, path, 9, "pending").await, 404, "NOT_FOUND").await;
    }
    refused(get(&service, &other.session, &owner.orders()).await, 404, "NOT_FOUND").await;
    let placed = service.call(&other.session, Method::POST, &owner.orders()).json(&a_notebook());
    refused(placed.send().await.unwrap(), 404, "NOT_FOUND").await;
    let order = body_of(get(&service, &owner.session, &path).await, 200).await;
    assert_eq!(order["version"], 1);
}

#[tokio::test]
async fn an_administrator_can_place_orders_for_all_users() {
    let service = Service::start().await;
    let admin = Customer { session: service.admin().await, id: "usr_01kf0fv2e0fabr24pa3eywnyp2".to_owned() };
    let customer = Customer::new(&service, "user@example.com").await;
    known(&service, &json!({ "id": customer.id })).await;
    refused(admin.order(&service, &a_notebook()).await, 404, "NOT_FOUND").await;
    let admin = Customer { id: customer.id.clone(), ..admin };
    let order = body_of(admin.order(&service, &a_notebook()).await, 201).await;
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(body_of(get(&service, &customer.session, &path).await, 200).await, order);
    assert_eq!(delete(&service, &admin.session, &path).await.status(), 204);
}
