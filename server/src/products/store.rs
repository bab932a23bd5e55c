//! The SQL that lists and finds products and their prices.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use generated::latest::{Money, Product};
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder};
use writ_platform::cursor::SortValue;
use writ_platform::keyset::{Keyset, Paging, Rows, SortColumn};
use writ_platform::listing::count;

use super::basket::{Prices, RequestedItem};

static SKU: SortColumn = SortColumn { name: "sku", sql: "sku" };

/// A row of the table `products`.
#[derive(Debug, sqlx::FromRow)]
struct Row {
    sku: String,
    name: String,
    price: Decimal,
    currency: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Returns the sort order of the list of products: by SKU.
pub fn by_sku() -> Keyset {
    Keyset::new("products", [], &SKU)
}

/// Returns a page of the list of products.
pub async fn list(pool: &PgPool, paging: &Paging<'_>) -> Result<Rows<Product>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let rows: Vec<Row> = page_query(paging).build_query_as().fetch_all(&mut *connection).await?;
    let total = paging.total(&rows, async || count(&mut connection, "SELECT FROM products", |_| ()).await).await?;
    let products = rows.into_iter().map(Row::product).collect::<Result<_, _>>()?;
    Ok(paging.rows(products, total, |product, _| SortValue::Text(product.sku.clone())))
}

/// Returns the query of a page of the list of products.
pub(super) fn page_query(paging: &Paging<'_>) -> QueryBuilder<Postgres> {
    let mut query =
        QueryBuilder::new("SELECT sku, name, price, currency, created_at, updated_at FROM products WHERE TRUE");
    paging.push(&mut query);
    query
}

/// Returns the product with this SKU, or `None` if it does not exist.
pub async fn find(pool: &PgPool, sku: &str) -> Result<Option<Product>, sqlx::Error> {
    let found = sqlx::query_as!(
        Row,
        "SELECT sku, name, price, currency, created_at, updated_at FROM products WHERE sku = $1",
        sku
    );
    found.fetch_optional(pool).await?.map(Row::product).transpose()
}

/// Returns the prices of the requested products by SKU. The returned map has no entry for a product that does
/// not exist.
pub async fn prices(connection: &mut PgConnection, requested: &[RequestedItem]) -> Result<Prices, sqlx::Error> {
    let skus: Vec<String> = requested.iter().map(|item| item.sku.clone()).collect();
    let rows = sqlx::query!("SELECT sku, price, currency FROM products WHERE sku = ANY($1)", &skus);
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter().map(|row| Ok((row.sku, money(row.price, &row.currency)?))).collect()
}

/// Converts a price or total of the database into the type of the contract, with two decimal places as all
/// supported currencies have them. PostgreSQL returns zero without decimal places.
pub fn money(mut amount: Decimal, currency: &str) -> Result<Money, sqlx::Error> {
    amount.rescale(2);
    Ok(Money { amount, currency: string_enum(currency)? })
}

/// Parses a string enum of the contract from the text of a database column. Returns an error for an unknown
/// value; a check constraint of the table prevents such a value.
pub fn string_enum<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> Result<T, sqlx::Error> {
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

impl Row {
    fn product(self) -> Result<Product, sqlx::Error> {
        Ok(Product {
            price: money(self.price, &self.currency)?,
            sku: self.sku,
            name: self.name,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
