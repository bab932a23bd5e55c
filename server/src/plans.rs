//! The check of the plans of each list of the contract, in every sort order and with every filter that it allows.
//!
//! A list without a range of times reads no more rows than a page has. A list with a range reads at most a small multiple of
//! `sqrt(page * rows)` rows, as [`PlanCheck::of_range`] explains.

use generated::latest::operations;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use writ_platform::testing::{PlanCheck, TestDatabase};
use writ_runtime::{DateTime, PageAt, PageRequest, Utc};

/// The number of rows of each table.
const ROWS: u32 = 100_000;

/// The ranges of times of a filter: none, all rows except a few, half of them, and selective ones down to six rows and to
/// none, at the end of the times, at their start and between two of them. Three rows have the same minute.
///
/// Each range has its bounds in minutes, and its size.
pub(crate) const RANGES: [(Option<i64>, Option<i64>, Size); 17] = [
    (None, None, Size::Many),
    (Some(100), None, Size::Many),
    (Some(16_666), None, Size::Many),
    (Some(33_000), None, Size::Some),
    (Some(33_166), None, Size::Some),
    (Some(33_273), None, Size::Some),
    (Some(33_331), None, Size::Few),
    (Some(34_000), None, Size::Few),
    (None, Some(16_666), Size::Many),
    (None, Some(60), Size::Some),
    (None, Some(0), Size::Few),
    (Some(100), Some(33_000), Size::Many),
    (Some(8_000), Some(25_000), Size::Many),
    (Some(15_000), Some(15_333), Size::Some),
    (Some(20_000), Some(20_060), Size::Some),
    (Some(20_000), Some(20_003), Size::Few),
    (Some(30_000), Some(10), Size::Few),
];

/// The number of rows in a range of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// The range contains several pages of each list.
    Many,
    /// The range contains several pages of the list without another filter.
    Some,
    /// The range contains less than a page.
    Few,
}

/// Returns the time of a row that was created this number of minutes after the first one.
pub(crate) fn time(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600 + 60 * minutes, 0).expect("the time is valid")
}

/// Returns the requests for a page by number, for a later page, and for the page after a cursor, if there is one.
pub(crate) fn pages(cursor: Option<String>) -> Vec<PageRequest> {
    let at = [PageAt::Number(1), PageAt::Number(3)].into_iter().chain(cursor.map(PageAt::Cursor));
    at.map(|at| PageRequest { limit: 20, at }).collect()
}

/// Returns this check for a page of a list with a range of times.
pub(crate) fn of_range<'a>(check: PlanCheck<'a>, page: &PageRequest) -> PlanCheck<'a> {
    // A page has a row more, which shows if another page follows.
    let end = match page.at {
        PageAt::Number(number) => number * page.limit + 1,
        _ => page.limit + 1,
    };
    check.of_range(end, ROWS)
}

/// Returns a pool with one connection to the database of another pool, so that all queries are executed on it.
pub(crate) async fn single(pool: &PgPool) -> PgPool {
    let options = PgConnectOptions::clone(&pool.connect_options());
    PgPoolOptions::new().max_connections(1).connect_with(options).await.expect("the database is available")
}

/// Returns true if the connection of a pool keeps a prepared statement that contains a text.
pub(crate) async fn has_prepared(single: &PgPool, text: &str) -> bool {
    // The statement of this query contains only the parameter.
    let select = "SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE position($1 IN statement) > 0)";
    sqlx::query_scalar(select).bind(text).fetch_one(single).await.expect("the database is available")
}

#[tokio::test]
async fn every_list_reads_few_rows_in_every_sort_order_and_filter() {
    let users = TestDatabase::migrated(&crate::USERS).await;
    let orders = TestDatabase::migrated(&crate::ORDERS).await;
    crate::users::plans::fill(&users).await;
    crate::orders::plans::fill(&orders).await;
    let is_list =
        |operation: &&&writ_runtime::Operation| operation.parameters.iter().any(|parameter| parameter.name == "cursor");
    let mut lists = 0;
    for operation in operations::ALL.iter().filter(is_list) {
        lists += 1;
        match operation.id {
            "listUsers" => crate::users::plans::check(&users.pool).await,
            // Both lists have one query, with and without the filter by owner.
            "listOrders" => crate::orders::plans::check(&orders.pool, None).await,
            "listUserOrders" => crate::orders::plans::check(&orders.pool, Some(crate::orders::plans::OWNER)).await,
            "listOrderItems" => crate::orders::plans::check_items(&orders.pool).await,
            "listProducts" => crate::products::plans::check(&orders.pool).await,
            other => panic!("the plans of `{other}` have no check"),
        }
    }
    assert_eq!(lists, 5);
    crate::users::plans::check_preparation(&users.pool).await;
    crate::orders::plans::check_preparation(&orders.pool).await;
}
