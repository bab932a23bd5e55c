//! The check of a query plan: a list query reads an index in its order, however large the table is.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Execute as _, PgPool, Postgres, QueryBuilder, Row as _};
use writ_runtime::{PageAt, PageRequest};

use crate::cursor::{Cursors, SortValue};
use crate::listing::{List, value};

/// The largest number of rows that a plan may sort or read from a table without an index: the largest page of a list, and
/// the row that shows if another page follows.
const LARGEST_PAGE: f64 = 101.0;

/// Checks that a list query sorts no more rows than a page has and reads no large table without an index.
///
/// The query is executed. The tables need as many rows as in production, 100,000 for example, and current statistics
/// (`ANALYZE`), since PostgreSQL reads a small table as a whole.
///
/// ```no_run
/// # async fn example(pool: &sqlx::PgPool) {
/// let query = sqlx::QueryBuilder::new("SELECT name FROM rooms ORDER BY name LIMIT 21");
/// writ_platform::testing::check_plan(pool, query, "the rooms by name").await;
/// # }
/// ```
///
/// # Panics
/// Panics with `name` and the plan if the check fails.
pub async fn check_plan(pool: &PgPool, mut query: QueryBuilder<Postgres>, name: &str) {
    let mut query = query.build();
    let arguments = query.take_arguments().expect("the arguments can be encoded").unwrap_or_default();
    let sql = format!("EXPLAIN (ANALYZE, FORMAT JSON) {}", query.sql().as_str());
    let explained = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_one(pool).await;
    let plan: Value = explained.unwrap_or_else(|error| panic!("{name}: {error}")).get(0);
    if let Some(fault) = fault(&plan[0]["Plan"]) {
        panic!("{name} {fault}:\n{plan:#}");
    }
}

impl List {
    /// Checks the plans of the queries for the first page, for a later one and for the page after a cursor, as
    /// [`check_plan`] does.
    ///
    /// # Panics
    /// Panics if a check fails or the database is unavailable.
    pub async fn check_plans<const N: usize>(&self, pool: &PgPool, filter: [SortValue; N]) {
        let cursors = Cursors::new(None);
        let mut at = vec![PageAt::Number(1), PageAt::Number(3)];
        while let Some(start) = at.pop() {
            let is_first = start == PageAt::Number(1);
            let paging =
                self.paging(&cursors, &filter, &PageRequest { limit: 20, at: start }).expect("the cursor is valid");
            let query = || self.page_query(&paging, &filter).expect("the filters can be encoded");
            check_plan(pool, query(), self.rows).await;
            if is_first {
                let rows = query().build().fetch_all(pool).await.expect("the database is available");
                let page = paging.try_rows(rows, None, value).expect("the rows have the sort columns");
                at.push(PageAt::Cursor(page.next_cursor.expect("the list has several pages")));
            }
        }
    }
}

/// Returns the fault of a node of a plan or of a node below it.
fn fault(node: &Value) -> Option<String> {
    let number = |node: &Value, name: &str| node[name].as_f64().unwrap_or_default();
    let returned = |node: &Value| number(node, "Actual Rows") * number(node, "Actual Loops");
    let read = |node: &Value| returned(node) + number(node, "Rows Removed by Filter") * number(node, "Actual Loops");
    let below = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
    match node["Node Type"].as_str().unwrap_or_default() {
        "Seq Scan" if read(node) > LARGEST_PAGE => {
            return Some(format!("reads the table {} without an index", node["Relation Name"]));
        }
        "Sort" | "Incremental Sort" if below.iter().any(|input| returned(input) > LARGEST_PAGE) => {
            return Some("sorts more rows than a page has".to_owned());
        }
        _ => {}
    }
    below.iter().find_map(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Returns true if the check of a query on a table with 10,000 rows succeeds.
    async fn passes(sql: &'static str) -> bool {
        let database = TestDatabase::with_things().await;
        let fill = "CREATE TABLE rooms (id int PRIMARY KEY, name text);
                    INSERT INTO rooms SELECT n, md5(n::text) FROM generate_series(1, 10000) n";
        database.fill(fill).await;
        let pool = database.pool.clone();
        tokio::spawn(async move { check_plan(&pool, QueryBuilder::new(sql), sql).await }).await.is_ok()
    }

    #[tokio::test]
    async fn a_query_without_an_index_fails_the_check() {
        assert!(passes("SELECT id FROM rooms ORDER BY id DESC LIMIT 21").await);
        assert!(passes("SELECT name FROM rooms WHERE id IN (1, 2, 3) ORDER BY name").await);
        assert!(!passes("SELECT name FROM rooms ORDER BY name LIMIT 21").await);
        assert!(!passes("SELECT name FROM rooms WHERE name = 'Sundials'").await);
        assert!(!passes("SELECT name FROM rooms WHERE id > 9000 ORDER BY name LIMIT 21").await);
    }
}
