//! The types of the contract, written by hand with serde derives, for both hand-written services of the
//! benchmark.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OfferStatus {
    Active,
    Paused,
    Ended,
}

#[derive(Deserialize)]
pub struct FindOffers {
    pub status: Option<OfferStatus>,
    pub search: String,
    pub since: Option<DateTime<Utc>>,
    #[serde(default = "twenty")]
    pub limit: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offers {
    pub shop_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<OfferStatus>,
    pub search: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    pub limit: i32,
    pub total: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    De,
    En,
    Es,
    Fr,
    It,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "the handler does not use every field")]
pub struct NewCustomer {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub birth_date: NaiveDate,
    pub language: Language,
    #[serde(default)]
    pub newsletter: bool,
    pub credit_limit: f64,
    pub tags: Vec<String>,
    pub addresses: Vec<Address>,
    pub note: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub street: String,
    pub city: String,
    pub postal_code: String,
    pub country: String,
}

#[derive(Serialize)]
pub struct Customer {
    pub id: Uuid,
    pub email: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewOrder {
    pub customer_id: Uuid,
    pub placed_at: DateTime<Utc>,
    pub currency: String,
    pub lines: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "the handler does not use every field")]
pub struct Line {
    pub sku: String,
    pub title: String,
    pub quantity: i32,
    pub unit_price: f64,
    pub gift: Option<bool>,
    pub labels: Vec<String>,
    pub discounts: Vec<Discount>,
}

#[derive(Deserialize)]
pub struct Discount {
    pub code: String,
    pub percent: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub customer_id: Uuid,
    pub placed_at: DateTime<Utc>,
    pub lines: i64,
    pub total: f64,
}

#[derive(Serialize)]
pub struct Products {
    pub products: Vec<Product>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub price: f64,
    pub stock: i32,
    pub available: bool,
    pub tags: Vec<String>,
    pub created_at: DateTime<Utc>,
}

fn twenty() -> i32 {
    20
}
