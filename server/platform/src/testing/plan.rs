//! The check of a query plan: a list query reads an index in its order, or the few rows of a selective range, however large
//! the table is.

use serde_json::Value;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments as _, AssertSqlSafe, Execute as _, PgConnection, PgPool, Postgres, QueryBuilder, Row as _};
use writ_runtime::{PageAt, PageRequest};

use crate::cursor::{Cursors, SortValue};
use crate::listing::{List, value};

/// The largest number of rows that a plan may read for a page: the largest page of a list, and the row that shows if another
/// page follows.
const LARGEST_PAGE: f64 = 101.0;

/// The factor of the bound of a query with a range. PostgreSQL estimates the costs of both plans, so that it changes from one
/// to the other near the best selectivity and not exactly there. The number of rows that it then discards also varies.
const RANGE_FACTOR: f64 = 5.0;

/// Checks that a list query reads and sorts no more rows than a page has, as [`PlanCheck::new`] describes it.
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
pub async fn check_plan(pool: &PgPool, query: QueryBuilder<Postgres>, name: &str) {
    PlanCheck::new(pool).check(query, name).await;
}

/// The check of the plans of a list query, and the bound of the rows that they may read.
///
/// ```no_run
/// # async fn example(pool: &sqlx::PgPool) {
/// use writ_platform::testing::PlanCheck;
///
/// let query = sqlx::QueryBuilder::new("SELECT name FROM rooms WHERE built > '2020-01-01' ORDER BY name LIMIT 21");
/// PlanCheck::new(pool).unprepared().of_range(21, 100_000).check(query, "the new rooms by name").await;
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PlanCheck<'a> {
    pool: &'a PgPool,
    /// The largest number of rows that a plan may read, sort or discard.
    bound: f64,
    /// True if PostgreSQL may use a generic plan, which does not know the values of the parameters.
    is_prepared: bool,
}

impl PlanCheck<'_> {
    /// Creates the check of a query for one page: it reads no large table without an index, and it reads, sorts and discards
    /// no more rows than a page has. The check concerns both plans of a prepared statement: the custom one for its values, and
    /// the generic one that PostgreSQL can use after five executions.
    ///
    /// The query is executed. The tables need as many rows as in production, 100,000 for example, and current statistics
    /// (`ANALYZE`), since PostgreSQL reads a small table as a whole.
    pub fn new(pool: &PgPool) -> PlanCheck<'_> {
        PlanCheck { pool, bound: LARGEST_PAGE, is_prepared: true }
    }

    /// Returns this check of a query that is executed with `persistent(false)`, so that PostgreSQL plans it for the values of
    /// each execution. It has no generic plan.
    #[must_use]
    pub fn unprepared(self) -> Self {
        PlanCheck { is_prepared: false, ..self }
    }

    /// Returns this check of a query with a range of one column and the order of another one. `end` is the number of the last
    /// row that the query returns, counted from the start of the list, and `rows` the number of rows of the table.
    ///
    /// No index has the rows of every range in the order of another column. PostgreSQL can read the index of the order and
    /// discard the rows outside of the range: `end / s` rows, if the range contains the part `s` of all rows and does not
    /// depend on the order. It can also read the range and sort it: `s * rows` rows. The better of both reads at most
    /// `sqrt(end * rows)` rows. The bound is five times that number.
    #[must_use]
    pub fn of_range(self, end: u32, rows: u32) -> Self {
        PlanCheck { bound: RANGE_FACTOR * (f64::from(end) * f64::from(rows)).sqrt(), ..self }
    }

    /// Checks the plans of a query.
    ///
    /// # Panics
    /// Panics with `name` and the plan if the check fails.
    pub async fn check(&self, mut query: QueryBuilder<Postgres>, name: &str) {
        let mut query = query.build();
        let arguments = query.take_arguments().expect("the arguments can be encoded").unwrap_or_default();
        let sql = query.sql().as_str().to_owned();
        let mut connection = self.pool.acquire().await.expect("the database is available");
        if self.is_prepared {
            let plan = generic_plan(&mut connection, &sql, arguments.clone()).await;
            let plan = plan.unwrap_or_else(|error| panic!("{name}: {error}"));
            self.check_root(&plan, &format!("{name}, with its generic plan,"));
        }
        let plan = explain(&mut connection, &sql, arguments).await;
        self.check_root(&plan.unwrap_or_else(|error| panic!("{name}: {error}")), name);
    }

    fn check_root(&self, plan: &Value, name: &str) {
        let root = &plan[0]["Plan"];
        let cost = Cost::of(root);
        let fault = if let Some(table) = cost.table {
            format!("reads the table {table} without an index")
        } else if cost.sorted > self.bound {
            format!("sorts {} rows", cost.sorted)
        } else if cost.read > self.bound {
            format!("reads {} rows", cost.read)
        } else if blocks(root) > 2.0 * self.bound {
            // A row is in one block of the table, and its entry in one of the index. The entries of an index that a condition
            // discards within the index appear only here.
            format!("reads {} blocks", blocks(root))
        } else {
            return;
        };
        panic!("{name} {fault}, and the bound is {} rows:\n{plan:#}", self.bound.floor());
    }
}

/// Executes a query, and returns its plan for these values of the parameters.
async fn explain(connection: &mut PgConnection, sql: &str, arguments: PgArguments) -> Result<Value, sqlx::Error> {
    let sql = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}");
    sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false).fetch_one(connection).await?.try_get(0)
}

/// Executes a query, and returns the plan that knows no values of the parameters.
async fn generic_plan(connection: &mut PgConnection, sql: &str, arguments: PgArguments) -> Result<Value, sqlx::Error> {
    // Only the statement `EXECUTE` has a generic plan, and its values must be literals.
    let (types, literals) = match arguments.len() {
        0 => (String::new(), String::new()),
        count => {
            let joined = |one: fn(usize) -> String| (1..=count).map(one).collect::<Vec<_>>().join(" || ', ' || ");
            let types = joined(|number| format!("pg_typeof(${number})::text"));
            let select = format!("SELECT {types}, {}", joined(|number| format!("quote_nullable(${number})")));
            let row = sqlx::query_with(AssertSqlSafe(select), arguments).persistent(false);
            let row = row.fetch_one(&mut *connection).await?;
            (format!("({})", row.try_get::<String, _>(0)?), format!("({})", row.try_get::<String, _>(1)?))
        }
    };
    for sql in [format!("PREPARE checked{types} AS {sql}"), "SET plan_cache_mode = force_generic_plan".to_owned()] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    let plan = explain(connection, &format!("EXECUTE checked{literals}"), PgArguments::default()).await;
    sqlx::raw_sql("RESET plan_cache_mode; DEALLOCATE checked").execute(connection).await?;
    plan
}

impl List {
    /// Checks the plans of the queries for the first page, for a later one and for the page after a cursor, as
    /// [`check_plan`] does. Returns true if the list has a page after a cursor: a list that is shorter than a page has none.
    ///
    /// # Panics
    /// Panics if a check fails or the database is unavailable.
    pub async fn check_plans<const N: usize>(&self, pool: &PgPool, filter: [SortValue; N]) -> bool {
        let (cursors, mut has_cursor) = (Cursors::new(None), false);
        let check = match self.is_prepared(&filter) {
            true => PlanCheck::new(pool),
            false => PlanCheck::new(pool).unprepared(),
        };
        let mut at = vec![PageAt::Number(1), PageAt::Number(3)];
        while let Some(start) = at.pop() {
            let is_first = start == PageAt::Number(1);
            let paging =
                self.paging(&cursors, &filter, &PageRequest { limit: 20, at: start }).expect("the cursor is valid");
            let query = || self.page_query(&paging, &filter).expect("the filters can be encoded");
            check.check(query(), self.rows).await;
            if is_first {
                let rows = query().build().fetch_all(pool).await.expect("the database is available");
                let page = paging.try_rows(rows, None, value).expect("the rows have the sort columns");
                has_cursor = page.next_cursor.is_some();
                at.extend(page.next_cursor.map(PageAt::Cursor));
            }
        }
        has_cursor
    }
}

/// The rows that a plan reads and sorts.
#[derive(Default)]
struct Cost {
    /// The rows that the plan reads, including those that it discards.
    read: f64,
    /// The largest number of rows that a node sorts.
    sorted: f64,
    /// The large table that the plan reads without an index.
    table: Option<String>,
}

impl Cost {
    /// Returns the cost of a node of a plan and of all nodes below it.
    fn of(node: &Value) -> Cost {
        let below = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut cost = below.iter().map(Cost::of).fold(Cost::default(), |sum, cost| Cost {
            read: sum.read + cost.read,
            sorted: sum.sorted.max(cost.sorted),
            table: sum.table.or(cost.table),
        });
        let fields = node.as_object().into_iter().flatten();
        let discarded = fields.filter(|(name, _)| name.starts_with("Rows Removed by")).map(|(_, rows)| number(rows));
        // The number of rows is that of one loop.
        let mut read = discarded.sum::<f64>() * number(&node["Actual Loops"]);
        if below.is_empty() {
            read += returned(node);
        }
        cost.read += read;
        match node["Node Type"].as_str().unwrap_or_default() {
            "Seq Scan" if read > LARGEST_PAGE => cost.table = Some(node["Relation Name"].to_string()),
            "Sort" | "Incremental Sort" => cost.sorted = below.iter().map(returned).fold(cost.sorted, f64::max),
            _ => {}
        }
        cost
    }
}

/// Returns the number of rows that a node returns in all of its loops.
fn returned(node: &Value) -> f64 {
    number(&node["Actual Rows"]) * number(&node["Actual Loops"])
}

/// Returns the number of blocks that a plan reads from the cache of PostgreSQL or from the disk.
fn blocks(root: &Value) -> f64 {
    number(&root["Shared Hit Blocks"]) + number(&root["Shared Read Blocks"])
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Creates a table with 10,000 rows, whose columns do not depend on each other.
    async fn rooms() -> TestDatabase {
        let database = TestDatabase::with_things().await;
        let fill = "CREATE TABLE rooms (id int PRIMARY KEY, name text, floor int, built int);
                    INSERT INTO rooms SELECT n, md5(n::text), n % 2, n FROM generate_series(1, 10000) n;
                    CREATE INDEX ON rooms (built); CREATE INDEX ON rooms (name); CREATE INDEX ON rooms (floor, id, built)";
        database.fill(fill).await;
        database
    }

    /// Returns the fault of a query on the table `rooms`, or an empty text. `values` are the parameters of the query.
    async fn fault(
        database: &TestDatabase,
        check: fn(PlanCheck<'_>) -> PlanCheck<'_>,
        sql: &'static str,
        values: &'static [i32],
    ) -> String {
        let pool = database.pool.clone();
        let checked = tokio::spawn(async move {
            let mut query = QueryBuilder::new("");
            for (index, part) in sql.split('?').enumerate() {
                query.push(part);
                values.get(index).map(|value| query.push_bind(*value));
            }
            check(PlanCheck::new(&pool)).check(query, "the query").await;
        });
        let Err(error) = checked.await else { return String::new() };
        let text = *error.into_panic().downcast::<String>().unwrap();
        text.split_once(", and").unwrap().0.to_owned()
    }

    /// Returns the fault of a query for one page without parameters.
    async fn fault_of(database: &TestDatabase, sql: &'static str) -> String {
        fault(database, |check| check.unprepared(), sql, &[]).await
    }

    #[tokio::test]
    async fn a_query_without_an_index_fails_the_check() {
        let database = rooms().await;
        for sql in [
            "SELECT id FROM rooms ORDER BY id DESC LIMIT 21",
            "SELECT name FROM rooms WHERE id IN (1, 2, 3) ORDER BY name",
        ] {
            assert_eq!(fault_of(&database, sql).await, "", "{sql}");
        }
        for sql in [
            "SELECT name FROM rooms ORDER BY reverse(name) LIMIT 21",
            "SELECT name FROM rooms WHERE reverse(name) = 'Sundials'",
        ] {
            let fault = fault_of(&database, sql).await;
            assert_eq!(fault, "the query reads the table \"rooms\" without an index", "{sql}");
        }
        let sorted = "SELECT name FROM rooms WHERE id > 9000 ORDER BY floor, name LIMIT 21";
        assert_eq!(fault_of(&database, sorted).await, "the query sorts 1000 rows");
    }

    #[tokio::test]
    async fn a_query_that_discards_many_rows_fails_the_check() {
        let database = rooms().await;
        database.fill("SET enable_seqscan = off; DROP INDEX rooms_name_idx").await;
        let few = "SELECT id FROM rooms WHERE id % 2 = 1 ORDER BY built LIMIT 21";
        assert_eq!(fault_of(&database, few).await, "");
        let many =
            "SELECT id FROM rooms WHERE built > 10 AND left(name, 4) = '0000' AND id < 9000 ORDER BY built LIMIT 1";
        let fault = fault_of(&database, many).await;
        assert!(fault.starts_with("the query reads"), "{fault}");
    }

    #[tokio::test]
    async fn a_condition_that_discards_many_entries_within_an_index_fails_the_check() {
        let database = rooms().await;
        let fill = "INSERT INTO rooms SELECT n, md5(n::text), 5, n FROM generate_series(10001, 100000) n;
                    DROP INDEX rooms_built_idx; ALTER TABLE rooms DROP CONSTRAINT rooms_pkey";
        database.fill(fill).await;
        let few = "SELECT id FROM rooms WHERE floor = 5 AND built > 20 ORDER BY id LIMIT 21";
        assert_eq!(fault_of(&database, few).await, "");
        let many = "SELECT id FROM rooms WHERE floor = 5 AND built > 99990 ORDER BY id LIMIT 21";
        let fault = fault_of(&database, many).await;
        assert!(fault.ends_with(" blocks"), "{fault}");
    }

    #[tokio::test]
    async fn the_generic_plan_of_a_range_fails_the_check_that_its_custom_plan_passes() {
        let database = rooms().await;
        let sql = "SELECT id FROM rooms WHERE built > ? ORDER BY name LIMIT 21";
        // No row, one row in a hundred, and each second row.
        for values in [&[20_000], &[9_900], &[5_000]] {
            let custom = fault(&database, |check| check.unprepared().of_range(21, 10_000), sql, values).await;
            assert_eq!(custom, "", "{values:?}");
        }
        let generic = fault(&database, |check| check.of_range(21, 10_000), sql, &[20_000]).await;
        assert_eq!(generic, "the query, with its generic plan, reads 10000 rows");
        let sorted = "SELECT id FROM rooms WHERE built > ? ORDER BY reverse(name) LIMIT 21";
        let sorted = fault(&database, |check| check.unprepared().of_range(21, 10_000), sorted, &[6_000]).await;
        assert_eq!(sorted, "the query sorts 4000 rows");
    }
}
