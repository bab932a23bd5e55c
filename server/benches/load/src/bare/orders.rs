//! The handlers of orders.

use std::collections::HashMap;

use anyhow::Context;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{ETAG, LOCATION};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{Failure, List, Pagination, Pools, id};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    status: String,
    total: Decimal,
    currency: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    order_id: Uuid,
    sku: String,
    quantity: i32,
    unit_price: Decimal,
    line_total: Decimal,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    id: String,
    user_id: String,
    status: String,
    total: Money,
    items: Vec<Item>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    sku: String,
    quantity: i32,
    unit_price: Money,
    line_total: Money,
}

#[derive(Serialize)]
struct Money {
    amount: Decimal,
    currency: String,
}

#[derive(Deserialize)]
pub struct Page {
    limit: i64,
}

#[derive(Deserialize)]
pub struct NewOrder {
    user: Uuid,
    items: Vec<NewItem>,
    currency: String,
}

#[derive(Deserialize)]
struct NewItem {
    sku: String,
    quantity: i32,
}

pub async fn list(State(pools): State<Pools>, Query(page): Query<Page>) -> Result<Json<List<Order>>, Failure> {
    let query = "SELECT id, user_id, status, total, currency, version, created_at, updated_at FROM orders
                 ORDER BY created_at DESC, id DESC LIMIT $1";
    let rows: Vec<Row> = sqlx::query_as(query).bind(page.limit).fetch_all(&pools.orders).await?;
    let orders: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut items: HashMap<Uuid, Vec<ItemRow>> = HashMap::new();
    for item in items_of(&pools.orders, &orders).await? {
        items.entry(item.order_id).or_default().push(item);
    }
    let total = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&pools.orders).await?;
    let data = rows.into_iter().map(|row| {
        let items = items.remove(&row.id).unwrap_or_default();
        row.order(items)
    });
    Ok(Json(List { data: data.collect(), pagination: Pagination { total: Some(total) } }))
}

pub async fn create(State(pools): State<Pools>, Json(order): Json<NewOrder>) -> Result<impl IntoResponse, Failure> {
    let mut transaction = pools.orders.begin().await?;
    let skus: Vec<String> = order.items.iter().map(|item| item.sku.clone()).collect();
    let quantities: Vec<i32> = order.items.iter().map(|item| item.quantity).collect();
    let priced = sqlx::query_as("SELECT sku, price FROM products WHERE sku = ANY($1)").bind(&skus);
    let priced: HashMap<String, Decimal> = priced.fetch_all(&mut *transaction).await?.into_iter().collect();
    let prices = skus.iter().map(|sku| priced.get(sku).copied());
    let prices: Vec<Decimal> = prices.collect::<Option<_>>().context("an item is not for sale")?;
    let total: Decimal = prices.iter().zip(&quantities).map(|(price, count)| price * Decimal::from(*count)).sum();
    let inserted = sqlx::query_as(
        "INSERT INTO orders (id, user_id, total, currency) VALUES ($1, $2, $3, $4)
         RETURNING id, user_id, status, total, currency, version, created_at, updated_at",
    );
    let inserted = inserted.bind(Uuid::now_v7()).bind(order.user).bind(total).bind(&order.currency);
    let row: Row = inserted.fetch_one(&mut *transaction).await?;
    let items = sqlx::query_as(
        "INSERT INTO order_items (order_id, position, sku, quantity, unit_price)
         SELECT $1, item.at - 1, item.sku, item.quantity, item.price
         FROM UNNEST($2::text[], $3::integer[], $4::numeric[]) WITH ORDINALITY AS item (sku, quantity, price, at)
         RETURNING order_id, sku, quantity, unit_price, line_total",
    );
    let items = items.bind(row.id).bind(&skus).bind(&quantities).bind(&prices).fetch_all(&mut *transaction).await?;
    transaction.commit().await?;
    let etag = format!("\"{}\"", row.version);
    let order = row.order(items);
    let location = format!("/v1/orders/{}", order.id);
    Ok((StatusCode::CREATED, [(ETAG, etag), (LOCATION, location)], Json(order)))
}

async fn items_of(executor: impl PgExecutor<'_>, orders: &[Uuid]) -> sqlx::Result<Vec<ItemRow>> {
    let query = "SELECT order_id, position, sku, quantity, unit_price, line_total
                 FROM order_items WHERE order_id = ANY($1) ORDER BY order_id, position";
    sqlx::query_as(query).bind(orders).fetch_all(executor).await
}

impl Row {
    fn order(self, items: Vec<ItemRow>) -> Order {
        let money = |mut amount: Decimal| {
            amount.rescale(2);
            Money { amount, currency: self.currency.clone() }
        };
        let item = |item: ItemRow| Item {
            sku: item.sku,
            quantity: item.quantity,
            unit_price: money(item.unit_price),
            line_total: money(item.line_total),
        };
        Order {
            id: id("ord", self.id),
            user_id: id("usr", self.user_id),
            total: money(self.total),
            items: items.into_iter().map(item).collect(),
            status: self.status,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
