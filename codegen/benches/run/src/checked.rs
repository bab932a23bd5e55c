//! The benchmarked service written by hand with all checks of the contract. A refusal lists all violations.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use uuid::Uuid;

use crate::checks::{Check, Checks, Refusal};
use crate::plain::{found, list_products, placed};
use crate::samples::CUSTOMER;
use crate::types::{Address, Customer, FindOffers, Line, NewCustomer, NewOrder, Offers, Order, Product};

pub fn router(products: Vec<Product>) -> Router {
    Router::new()
        .route("/shops/{shop_id}/offers", get(find_offers))
        .route("/customers", post(create_customer))
        .route("/orders", post(create_order))
        .route("/products", get(list_products))
        .with_state(Arc::new(products))
}

async fn find_offers(Path(shop_id): Path<Uuid>, Query(query): Query<FindOffers>) -> Result<Json<Offers>, Refusal> {
    query.checked()?;
    Ok(Json(found(shop_id, query)))
}

async fn create_customer(Json(customer): Json<NewCustomer>) -> Result<(StatusCode, Json<Customer>), Refusal> {
    customer.checked()?;
    Ok((StatusCode::CREATED, Json(Customer { id: CUSTOMER, email: customer.email })))
}

async fn create_order(Json(order): Json<NewOrder>) -> Result<(StatusCode, Json<Order>), Refusal> {
    order.checked()?;
    Ok((StatusCode::CREATED, Json(placed(&order))))
}

impl Check for FindOffers {
    fn check(&self, checks: &mut Checks) {
        checks.length("search", &self.search, 2..=64);
        checks.pattern("search", &self.search, pattern!("^[a-z0-9 -]+$"));
        checks.range("limit", &self.limit, 1..=100);
    }
}

impl Check for NewCustomer {
    fn check(&self, checks: &mut Checks) {
        checks.length("name", &self.name, 1..=100);
        checks.email("email", &self.email);
        checks.pattern("phone", &self.phone, pattern!(r"^\+[1-9][0-9]{6,14}$"));
        checks.range("creditLimit", &self.credit_limit, 0.0..=50_000.0);
        checks.count("tags", &self.tags, 0..=10);
        checks.unique("tags", &self.tags);
        for (index, tag) in self.tags.iter().enumerate() {
            checks.at("tags", index, |checks| checks.pattern("", tag, pattern!("^[a-z-]{2,20}$")));
        }
        checks.count("addresses", &self.addresses, 1..=5);
        for (index, address) in self.addresses.iter().enumerate() {
            checks.at("addresses", index, |checks| address.check(checks));
        }
        if let Some(note) = &self.note {
            checks.length("note", note, 0..=500);
        }
    }
}

impl Check for Address {
    fn check(&self, checks: &mut Checks) {
        checks.length("street", &self.street, 1..=120);
        checks.length("city", &self.city, 1..=80);
        checks.pattern("postalCode", &self.postal_code, pattern!("^[0-9A-Z -]{3,10}$"));
        checks.pattern("country", &self.country, pattern!("^[A-Z]{2}$"));
    }
}

impl Check for NewOrder {
    fn check(&self, checks: &mut Checks) {
        checks.pattern("currency", &self.currency, pattern!("^[A-Z]{3}$"));
        checks.count("lines", &self.lines, 1..=500);
        for (index, line) in self.lines.iter().enumerate() {
            checks.at("lines", index, |checks| line.check(checks));
        }
    }
}

impl Check for Line {
    fn check(&self, checks: &mut Checks) {
        checks.pattern("sku", &self.sku, pattern!("^[A-Z]{3}-[0-9]{4,8}$"));
        checks.length("title", &self.title, 1..=120);
        checks.range("quantity", &self.quantity, 1..=999);
        checks.range("unitPrice", &self.unit_price, 0.0..=1_000_000.0);
        checks.count("labels", &self.labels, 0..=8);
        checks.unique("labels", &self.labels);
        for (index, label) in self.labels.iter().enumerate() {
            checks.at("labels", index, |checks| checks.length("", label, 1..=20));
        }
        checks.count("discounts", &self.discounts, 0..=4);
        for (index, discount) in self.discounts.iter().enumerate() {
            checks.at("discounts", index, |checks| {
                checks.length("code", &discount.code, 1..=20);
                checks.range("percent", &discount.percent, 0.0..=100.0);
            });
        }
    }
}
