//! Orders: placed at our prices, seen by their owner, moved by who may.

use generated::v1::{
    DeleteOrderError, DeleteOrderRequest, GetOrderRequest, Order, OrderId, OrderPatch, OrderStatus, UpdateOrderError,
    UpdateOrderRequest, UpdateOrderResponse,
};
use http::Method;
use reqwest::Response;
use serde_json::{Value, json};

use writ_runtime::ETag;
use writ_runtime::client::Failure;

use crate::envelope::refused;
use crate::support::{Service, Session, body_of};

/// An id that no order has.
pub const NO_ORDER: &str = "/v1/orders/ord_01kf327se0fsytr0x9a1xe4sfc";

/// Somebody who orders.
pub struct Customer {
    pub session: Session,
    pub id: String,
}

impl Customer {
    pub async fn new(service: &Service, email: &str) -> Customer {
        let (session, profile) = service.user(email).await;
        Customer { session, id: profile["id"].as_str().unwrap().to_owned() }
    }

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

/// One notebook, please.
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

/// Where a new order of the customer is.
pub async fn ordered(service: &Service, customer: &Customer) -> String {
    let answer = customer.order(service, &a_notebook()).await;
    assert_eq!(answer.status(), 201);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// What a change of an order comes to.
type Updated = Result<UpdateOrderResponse, Failure<UpdateOrderError>>;

/// The same order for its owner and for an administrator.
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
async fn an_order_is_placed_at_our_prices_and_can_be_read_where_it_says() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let body = json!({
        "items": [{ "sku": "XYZ-9", "quantity": 1 }, { "sku": "ABC-1", "quantity": 2 }],
        "currency": "EUR",
    });
    let answer = customer.order(&service, &body).await;
    let (location, etag) = (answer.headers()["location"].clone(), answer.headers()["etag"].clone());
    let order = body_of(answer, 201).await;
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
    // What was ordered keeps its price.
    let orders = &service.server.platform.databases.orders;
    sqlx::query("UPDATE products SET price = 1").execute(orders).await.unwrap();
    assert_eq!(body_of(get(&service, &customer.session, path).await, 200).await, order);
}

#[tokio::test]
async fn who_has_the_order_already_is_not_sent_it_again() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let ask = |tag| service.call(&customer.session, Method::GET, &path).header("if-none-match", tag).send();
    for tag in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
        let answer = ask(tag).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["etag"]), (304, &"\"1\"".parse().unwrap()), "{tag}");
        assert_eq!(answer.text().await.unwrap(), "");
    }
    body_of(ask("\"2\"").await.unwrap(), 200).await;
    let sparse = body_of(get(&service, &customer.session, &format!("{path}?fields=status,total")).await, 200).await;
    assert_eq!(sparse, json!({ "status": "pending", "total": { "amount": "19.99", "currency": "EUR" } }));
}

#[tokio::test]
async fn every_item_that_cannot_be_had_is_named_and_nothing_is_ordered() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let skus = ["NIX-1", "ABC-1", "ENV-100", "ABC-1", "NIX-2"];
    let items: Vec<_> = skus.iter().map(|sku| json!({ "sku": sku, "quantity": 1 })).collect();
    let answer = customer.order(&service, &json!({ "items": items, "currency": "EUR" })).await;
    let refusal = refused(answer, 422, "VALIDATION_ERROR").await;
    assert_eq!(refusal.fields, ["items[0].sku", "items[2].sku", "items[3].sku", "items[4].sku"]);
    let answer = customer.order(&service, &json!({ "fromCart": true })).await;
    assert_eq!(refused(answer, 422, "VALIDATION_ERROR").await.fields, ["fromCart"]);
    let list = body_of(get(&service, &customer.session, &customer.orders()).await, 200).await;
    assert_eq!(list["pagination"]["total"], 0);
}

#[tokio::test]
async fn an_order_from_the_cart_empties_it_and_one_that_fails_does_not() {
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
async fn an_order_goes_from_pending_to_delivered_by_an_administrator() {
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
async fn no_step_leads_past_another() {
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
async fn a_change_of_what_has_changed_since_is_refused() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let change = |tag: &'static str, version: i32, status: &'static str| {
        let body = json!({ "version": version, "status": status });
        service.call(&admin, Method::PATCH, &path).header("if-match", tag).json(&body).send()
    };
    refused(patch(&service, &admin, &path, 2, "paid").await, 409, "CONFLICT").await;
    for tag in ["\"2\"", "W/\"1\"", "\"01\"", "\"2\", \"3\""] {
        refused(change(tag, 1, "paid").await.unwrap(), 412, "PRECONDITION_FAILED").await;
    }
    // The condition of HTTP comes before that of the body.
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
async fn anothers_order_is_not_there() {
    let service = Service::start().await;
    let owner = Customer::new(&service, "user@example.com").await;
    let other = Customer::new(&service, "other@example.com").await;
    let path = ordered(&service, &owner).await;
    for path in [path.as_str(), NO_ORDER] {
        let session = &other.session;
        refused(get(&service, session, path).await, 404, "NOT_FOUND").await;
        refused(get(&service, session, &format!("{path}/items")).await, 404, "NOT_FOUND").await;
        refused(delete(&service, session, path).await, 404, "NOT_FOUND").await;
        // Also with a version that is wrong and a step that there is not.
        refused(patch(&service, session, path, 9, "pending").await, 404, "NOT_FOUND").await;
    }
    refused(get(&service, &other.session, &owner.orders()).await, 404, "NOT_FOUND").await;
    let placed = service.call(&other.session, Method::POST, &owner.orders()).json(&a_notebook());
    refused(placed.send().await.unwrap(), 404, "NOT_FOUND").await;
    let order = body_of(get(&service, &owner.session, &path).await, 200).await;
    assert_eq!(order["version"], 1);
}

#[tokio::test]
async fn an_administrator_orders_for_those_who_have_an_account() {
    let service = Service::start().await;
    let admin = Customer { session: service.admin().await, id: "usr_01kf0fv2e0fabr24pa3eywnyp2".to_owned() };
    let customer = Customer::new(&service, "user@example.com").await;
    refused(admin.order(&service, &a_notebook()).await, 404, "NOT_FOUND").await;
    let admin = Customer { id: customer.id.clone(), ..admin };
    let order = body_of(admin.order(&service, &a_notebook()).await, 201).await;
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(body_of(get(&service, &customer.session, &path).await, 200).await, order);
    assert_eq!(delete(&service, &admin.session, &path).await.status(), 204);
}
