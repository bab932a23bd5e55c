//! The SQL of orders. Queries and updates of the table `orders` contain the condition that the caller can see
//! the order.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use generated::latest::{Currency, Money, Order, OrderId, OrderItem, OrderStatus, OrderStatusChanged};
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgExecutor, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;
use writ_platform::Transaction;
use writ_platform::cursor::SortValue;
use writ_platform::keyset::{Paging, Rows};
use writ_platform::listing::count;

use super::list::{Filter, ID, TOTAL};
use super::step::{Step, StepResult};
use crate::events::{Events, not_published};
use crate::products::basket::RequestedItem;
use crate::products::store::{money, string_enum};

/// A row of the table `orders`.
#[derive(Debug, sqlx::FromRow)]
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

/// A row of the table `order_items`.
#[derive(Debug, sqlx::FromRow)]
struct ItemRow {
    order_id: Uuid,
    position: i32,
    sku: String,
    quantity: i32,
    unit_price: Decimal,
    line_total: Decimal,
}

/// A line of a new order: a product, its quantity and its price.
#[derive(Debug)]
pub struct Line {
    /// The product that the line orders, and its quantity.
    pub requested: RequestedItem,
    /// The price of one unit of the product, in the currency of the order.
    pub unit_price: Decimal,
}

/// The data of an order that the operation for listing the items of the order needs.
#[derive(Debug)]
pub struct OrderSummary {
    order: Uuid,
    currency: String,
    /// The number of items that the order contains.
    item_count: u64,
}

/// Inserts a new order with its items into the database, and returns the order.
pub async fn insert(
    connection: &mut PgConnection,
    user: Uuid,
    currency: Currency,
    lines: &[Line],
) -> Result<Order, sqlx::Error> {
    let total: Decimal = lines.iter().map(|line| line.unit_price * Decimal::from(line.requested.quantity)).sum();
    let row = sqlx::query_as!(
        Row,
        "INSERT INTO orders (id, user_id, total, currency) VALUES ($1, $2, $3, $4)
         RETURNING id, user_id, status, total, currency, version, created_at, updated_at",
        OrderId::generate().uuid(),
        user,
        total,
        currency.as_str()
    );
    let row = row.fetch_one(&mut *connection).await?;
    let skus: Vec<String> = lines.iter().map(|line| line.requested.sku.clone()).collect();
    let quantities: Vec<i32> = lines.iter().map(|line| line.requested.quantity).collect();
    let prices: Vec<Decimal> = lines.iter().map(|line| line.unit_price).collect();
    let items = sqlx::query_as!(
        ItemRow,
        "INSERT INTO order_items (order_id, position, sku, quantity, unit_price)
         SELECT $1, item.at - 1, item.sku, item.quantity, item.price
         FROM UNNEST($2::text[], $3::integer[], $4::numeric[]) WITH ORDINALITY AS item (sku, quantity, price, at)
         RETURNING order_id, position, sku, quantity, unit_price, line_total AS \"line_total!\"",
        row.id,
        &skus,
        &quantities,
        &prices
    );
    let items = items.fetch_all(connection).await?;
    row.order(items)
}

/// Returns an order with its items. Returns `None` if the order does not exist or does not belong to `owner`.
pub async fn find(pool: &PgPool, order: OrderId, owner: Option<Uuid>) -> Result<Option<Order>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, user_id, status, total, currency, version, created_at, updated_at
         FROM orders WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)",
        order.uuid(),
        owner
    );
    let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
    let items = items_of(pool, &[row.id]).await?;
    row.order(items).map(Some)
}

/// Returns a page of the orders that match the filter. If `with_items` is false, the orders are returned without
/// their items.
pub async fn list(
    pool: &PgPool,
    filter: &Filter,
    paging: &Paging<'_>,
    with_items: bool,
) -> Result<Rows<Order>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let mut query = page_query(filter, paging);
    let query = query.build_query_as().persistent(!filter.is_selective());
    let rows: Vec<Row> = query.fetch_all(&mut *connection).await?;
    let count = async || count(&mut connection, "SELECT FROM orders", |query| filter.push(query)).await;
    let total = paging.total(&rows, count).await?;
    let mut items: HashMap<Uuid, Vec<ItemRow>> = HashMap::new();
    if with_items {
        let orders: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        for item in items_of(&mut *connection, &orders).await? {
            items.entry(item.order_id).or_default().push(item);
        }
    }
    let order = |row: Row| {
        let items = items.remove(&row.id).unwrap_or_default();
        row.order(items)
    };
    let orders = rows.into_iter().map(order).collect::<Result<_, _>>()?;
    Ok(paging.rows(orders, total, |order: &Order, column| match column.name {
        name if name == TOTAL.name => SortValue::Decimal(order.total.amount),
        name if name == ID.name => SortValue::Id(order.id.uuid()),
        _ => SortValue::Time(order.created_at),
    }))
}

/// Returns the query of a page of the orders that match the filter.
pub(super) fn page_query(filter: &Filter, paging: &Paging<'_>) -> QueryBuilder<Postgres> {
    let mut query =
        QueryBuilder::new("SELECT id, user_id, status, total, currency, version, created_at, updated_at FROM orders");
    filter.push(&mut query);
    paging.push(&mut query);
    query
}

/// Returns the query of a page of the items of an order.
pub(super) fn items_query(order: Uuid, paging: &Paging<'_>) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(
        "SELECT order_id, position, sku, quantity, unit_price, line_total FROM order_items WHERE order_id = ",
    );
    query.push_bind(order);
    paging.push(&mut query);
    query
}

/// Returns the data of an order that the operation for listing the items of the order needs. Returns `None` if
/// the order does not exist or does not belong to `owner`.
pub async fn find_summary(
    pool: &PgPool,
    order: OrderId,
    owner: Option<Uuid>,
) -> Result<Option<OrderSummary>, sqlx::Error> {
    let found = sqlx::query!(
        r#"SELECT currency, (SELECT count(*) FROM order_items WHERE order_id = orders.id) AS "items!"
           FROM orders WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)"#,
        order.uuid(),
        owner
    );
    let found = found.fetch_optional(pool).await?;
    Ok(found.map(|row| OrderSummary {
        order: order.uuid(),
        currency: row.currency,
        item_count: row.items.unsigned_abs(),
    }))
}

/// Returns a page of the items of an order. Each item comes with its position in the order.
pub async fn items(
    pool: &PgPool,
    summary: &OrderSummary,
    paging: &Paging<'_>,
) -> Result<Rows<(i32, OrderItem)>, sqlx::Error> {
    let rows: Vec<ItemRow> = items_query(summary.order, paging).build_query_as().fetch_all(pool).await?;
    let items = rows.into_iter().map(|row| Ok((row.position, row.item(&summary.currency)?)));
    let items = items.collect::<Result<_, sqlx::Error>>()?;
    Ok(paging.rows(items, Some(summary.item_count), |(position, _), _| SortValue::Integer(i64::from(*position))))
}

/// Changes the status of an order if the order meets all preconditions of the change.
///
/// One statement checks the preconditions and always returns the order, changed or not, so that the caller can
/// report which precondition failed. Returns `None` if the order does not exist or does not belong to the
/// required owner. The transaction of the change publishes it.
pub async fn step(pool: &PgPool, events: &Events, step: &Step) -> Result<Option<StepResult>, sqlx::Error> {
    let mut transaction = Transaction::begin(pool).await?;
    let from: Vec<String> = step.from().iter().map(|status| status.to_string()).collect();
    let tags = step.tags();
    let row = sqlx::query!(
        r#"WITH found AS (
               SELECT id, user_id, status, total, currency, version, created_at, updated_at
               FROM orders WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)
               FOR UPDATE
           ), taken AS (
               UPDATE orders SET status = $3, version = orders.version + 1, updated_at = now()
               FROM found
               WHERE orders.id = found.id AND found.status = ANY($4)
                 AND ($5::integer IS NULL OR found.version = $5)
                 AND ($6::text[] IS NULL OR found.version::text = ANY($6))
               RETURNING orders.id, orders.status, orders.version, orders.updated_at
           )
           SELECT found.id, found.user_id, found.total, found.currency, found.created_at,
                  COALESCE(taken.status, found.status) AS "status!",
                  COALESCE(taken.version, found.version) AS "version!",
                  COALESCE(taken.updated_at, found.updated_at) AS "updated_at!",
                  found.status AS old_status, taken.id IS NOT NULL AS "changed!"
           FROM found LEFT JOIN taken ON taken.id = found.id"#,
        step.order.uuid(),
        step.owner,
        step.to.as_str(),
        &from,
        step.version,
        tags.as_deref()
    );
    let Some(row) = row.fetch_optional(&mut *transaction).await? else { return Ok(None) };
    let changed = row.changed;
    if changed {
        let (user_id, from) = (row.user_id.into(), string_enum(&row.old_status)?);
        let data = OrderStatusChanged { user_id, from, to: step.to, version: row.version };
        events.order_status_changed(&mut transaction, step.order, &data).await.map_err(not_published)?;
    }
    transaction.commit().await?;
    let row = Row {
        id: row.id,
        user_id: row.user_id,
        status: row.status,
        total: row.total,
        currency: row.currency,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    let items = items_of(pool, &[row.id]).await?;
    Ok(Some(StepResult { order: row.order(items)?, changed }))
}

/// Returns the rows of the items of several orders, sorted by order and position.
async fn items_of(executor: impl PgExecutor<'_>, orders: &[Uuid]) -> Result<Vec<ItemRow>, sqlx::Error> {
    let items = sqlx::query_as!(
        ItemRow,
        r#"SELECT order_id, position, sku, quantity, unit_price, line_total AS "line_total!"
           FROM order_items WHERE order_id = ANY($1) ORDER BY order_id, position"#,
        orders
    );
    items.fetch_all(executor).await
}

impl Row {
    fn order(self, items: Vec<ItemRow>) -> Result<Order, sqlx::Error> {
        let status: OrderStatus = string_enum(&self.status)?;
        let total: Money = money(self.total, &self.currency)?;
        let items = items.into_iter().map(|item| item.item(&self.currency)).collect::<Result<_, _>>()?;
        Ok(Order {
            id: self.id.into(),
            user_id: self.user_id.into(),
            status,
            total,
            items,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

impl ItemRow {
    fn item(self, currency: &str) -> Result<OrderItem, sqlx::Error> {
        Ok(OrderItem {
            unit_price: money(self.unit_price, currency)?,
            line_total: money(self.line_total, currency)?,
            sku: self.sku,
            quantity: self.quantity,
        })
    }
}
