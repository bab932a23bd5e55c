//! The SQL of products.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use generated::v1::{Money, Product};
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgPool, QueryBuilder};

use super::basket::{Prices, Wanted};
use crate::listing::MOST_COUNTED;
use crate::platform::cursor::SortValue;
use crate::platform::keyset::{Keyset, Paging, Rows, SortColumn};

static SKU: SortColumn = SortColumn { name: "sku", sql: "sku" };

/// A row of `products`.
#[derive(Debug, sqlx::FromRow)]
struct Row {
    sku: String,
    name: String,
    price: Decimal,
    currency: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The order of the list.
pub fn by_sku() -> Keyset {
    Keyset::new("products", [], &SKU)
}

/// One page of what is for sale.
pub async fn list(pool: &PgPool, paging: &Paging<'_>) -> Result<Rows<Product>, sqlx::Error> {
    let mut query =
        QueryBuilder::new("SELECT sku, name, price, currency, created_at, updated_at FROM products WHERE TRUE");
    paging.push(&mut query);
    let rows: Vec<Row> = query.build_query_as().fetch_all(pool).await?;
    let products = rows.into_iter().map(Row::product).collect::<Result<_, _>>()?;
    Ok(paging.rows(products, |product, _| SortValue::Text(product.sku.clone())))
}

/// How many there are, as far as lists count.
pub async fn count(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (SELECT FROM products LIMIT $1) AS counted"#,
        MOST_COUNTED
    );
    count.fetch_one(pool).await.map(i64::unsigned_abs)
}

/// The product of that name.
pub async fn find(pool: &PgPool, sku: &str) -> Result<Option<Product>, sqlx::Error> {
    let found = sqlx::query_as!(
        Row,
        "SELECT sku, name, price, currency, created_at, updated_at FROM products WHERE sku = $1",
        sku
    );
    found.fetch_optional(pool).await?.map(Row::product).transpose()
}

/// The prices of those of the products that there are.
pub async fn prices(connection: &mut PgConnection, wanted: &[Wanted]) -> Result<Prices, sqlx::Error> {
    let skus: Vec<String> = wanted.iter().map(|item| item.sku.clone()).collect();
    let rows = sqlx::query!("SELECT sku, price, currency FROM products WHERE sku = ANY($1)", &skus);
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter().map(|row| Ok((row.sku, money(row.price, &row.currency)?))).collect()
}

/// An amount with the two digits that all our currencies have; zero comes without them.
pub fn money(mut amount: Decimal, currency: &str) -> Result<Money, sqlx::Error> {
    amount.rescale(2);
    Ok(Money { amount, currency: named(currency)? })
}

/// A value of the contract from a column that a check constraint keeps to its names.
pub fn named<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> Result<T, sqlx::Error> {
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
