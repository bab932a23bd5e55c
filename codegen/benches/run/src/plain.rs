//! The benchmarked service written by hand with axum and serde, without checks beyond the types.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use uuid::Uuid;

use crate::samples::{CUSTOMER, OFFERS};
use crate::types::{Customer, FindOffers, NewCustomer, NewOrder, Offers, Order, Product, Products};

pub fn router(products: Vec<Product>) -> Router {
    Router::new()
        .route("/shops/{shop_id}/offers", get(find_offers))
        .route("/customers", post(create_customer))
        .route("/orders", post(create_order))
        .route("/products", get(list_products))
        .with_state(Arc::new(products))
}

async fn find_offers(Path(shop_id): Path<Uuid>, Query(query): Query<FindOffers>) -> Json<Offers> {
    Json(found(shop_id, query))
}

async fn create_customer(Json(customer): Json<NewCustomer>) -> (StatusCode, Json<Customer>) {
    (StatusCode::CREATED, Json(Customer { id: CUSTOMER, email: customer.email }))
}

async fn create_order(Json(order): Json<NewOrder>) -> (StatusCode, Json<Order>) {
    (StatusCode::CREATED, Json(placed(&order)))
}

pub async fn list_products(State(products): State<Arc<Vec<Product>>>) -> Json<Products> {
    Json(Products { products: products.to_vec() })
}

pub fn found(shop_id: Uuid, query: FindOffers) -> Offers {
    let FindOffers { status, search, since, limit } = query;
    Offers { shop_id, status, search, since, limit, total: OFFERS }
}

pub fn placed(order: &NewOrder) -> Order {
    Order {
        customer_id: order.customer_id,
        placed_at: order.placed_at,
        lines: order.lines.len() as i64,
        total: order.lines.iter().map(|line| line.unit_price * f64::from(line.quantity)).sum(),
    }
}
