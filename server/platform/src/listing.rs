//! The number of elements in a paginated list.

use sqlx::{PgPool, Postgres, QueryBuilder};

/// The highest number of elements that [`count`] returns. The database counts no further, so that a long list costs a
/// bounded time: 10,000 pages of 100 elements.
pub const MAX_TOTAL: i64 = 1_000_000;

/// Returns the number of rows that a list contains, up to [`MAX_TOTAL`].
///
/// `rows` is the list as a query without columns, such as `SELECT FROM events WHERE TRUE`, to which `filter` adds its
/// conditions.
///
/// ```no_run
/// # async fn example(pool: &sqlx::PgPool) -> Result<u64, sqlx::Error> {
/// writ_platform::listing::count(pool, "SELECT FROM events WHERE TRUE", |query| {
///     query.push(" AND opens > ").push_bind(chrono::Utc::now());
/// })
/// .await
/// # }
/// ```
///
/// # Errors
/// Returns the error of the database.
pub async fn count(
    pool: &PgPool,
    rows: &'static str,
    filter: impl FnOnce(&mut QueryBuilder<Postgres>),
) -> Result<u64, sqlx::Error> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (");
    query.push(rows);
    filter(&mut query);
    query.push(" LIMIT ").push_bind(MAX_TOTAL).push(") AS counted");
    query.build_query_scalar().fetch_one(pool).await.map(i64::unsigned_abs)
}
