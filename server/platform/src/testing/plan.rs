//! The check of a query plan: a list query reads an index in its order, however large the table is.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Execute as _, PgPool, Postgres, QueryBuilder, Row as _};

/// The largest number of rows that a plan may sort or read from a table without an index: the largest page of a list, and
/// the row that shows if another page follows.
const LARGEST_PAGE: u64 = 101;

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

/// Returns the fault of a node of a plan or of a node below it.
fn fault(node: &Value) -> Option<String> {
    let rows = |node: &Value| {
        let each = node["Actual Rows"].as_f64().unwrap_or_default()
            + node["Rows Removed by Filter"].as_f64().unwrap_or_default();
        (each * node["Actual Loops"].as_f64().unwrap_or(1.0)) as u64
    };
    let below = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
    match node["Node Type"].as_str().unwrap_or_default() {
        "Seq Scan" | "Parallel Seq Scan" if rows(node) > LARGEST_PAGE => {
            return Some(format!("reads the table {} without an index", node["Relation Name"]));
        }
        "Sort" | "Incremental Sort" if below.iter().any(|input| rows(input) > LARGEST_PAGE) => {
            return Some("sorts more rows than a page has".to_owned());
        }
        _ => {}
    }
    below.iter().find_map(fault)
}
