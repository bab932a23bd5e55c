//! Tests of lists: their pages, orders, filters and totals.

use writ_runtime::PageAt;

use super::*;
use crate::testing::TestDatabase;

#[derive(Debug)]
enum ListError {
    Cursor(BadCursor),
    Database(sqlx::Error),
}

impl From<BadCursor> for ListError {
    fn from(error: BadCursor) -> ListError {
        ListError::Cursor(error)
    }
}

impl From<sqlx::Error> for ListError {
    fn from(error: sqlx::Error) -> ListError {
        ListError::Database(error)
    }
}

static NUMBERS: List = List::new(
    "size, id",
    "(SELECT n % 7 AS size, n::bigint AS id FROM generate_series(1, 100) n) AS all_of WHERE id > $1",
)
.descending(&[SortColumn::new("size"), SortColumn::new("id")]);

#[tokio::test]
async fn the_pages_of_a_list_contain_each_matching_row_once() {
    let (database, cursors) = (TestDatabase::with_things().await, Cursors::new(None));
    let page = |at, above| {
        let request = PageRequest { limit: 9, at };
        let (pool, cursors) = (database.pool.clone(), cursors.clone());
        async move {
            let filter = [SortValue::Integer(above)];
            NUMBERS.page(&pool, &cursors, &request, filter, |row: (i32, i64)| row).await
        }
    };
    let (mut found, mut at) = (Vec::new(), PageAt::Number(1));
    loop {
        let Page { data, pagination } = page(at, 20).await.unwrap();
        assert_eq!(pagination.total, Some(80));
        found.extend(data);
        let Some(next) = pagination.next_cursor else { break };
        let other: Result<_, ListError> = page(PageAt::Cursor(next.clone()), 21).await;
        assert!(matches!(other, Err(ListError::Cursor(BadCursor::OtherList))), "{other:?}");
        at = PageAt::Cursor(next);
    }
    let mut expected: Vec<(i32, i64)> = (21..=100).map(|id| (id % 7, i64::from(id))).collect();
    expected.sort_by(|one, other| other.cmp(one));
    assert_eq!(found, expected);
}

/// Rows with two equal values in each column that a contract may sort by, so that the id decides in the middle of a page.
const SORTABLE: &str =
    "(SELECT n::bigint AS id, n / 2 AS whole, (n / 2)::smallint AS small, (n / 2)::float8 / 3 AS double,
    (n / 2)::float4 / 3 AS single, (n / 2)::numeric / 3 AS exact, n > 5 AS flag, 'text ' || n / 2 AS words,
    md5((n / 2)::text)::uuid AS uuid, date '2024-02-26' + n / 2 AS day,
    timestamp '2024-02-28 23:00' + n / 2 * interval '1 hour' AS local,
    timestamptz '2024-02-28 23:00Z' + n / 2 * interval '1 hour' AS instant
    FROM generate_series(1, 11) n) AS all_of WHERE TRUE";

static BY_COLUMN: [List; 11] = [
    by(&[SortColumn::new("whole"), SortColumn::new("id")]),
    by(&[SortColumn::new("small"), SortColumn::new("id")]),
    by(&[SortColumn::new("double"), SortColumn::new("id")]),
    by(&[SortColumn::new("single"), SortColumn::new("id")]),
    by(&[SortColumn::new("exact"), SortColumn::new("id")]),
    by(&[SortColumn::new("flag"), SortColumn::new("id")]),
    by(&[SortColumn::new("words"), SortColumn::new("id")]),
    by(&[SortColumn::new("uuid"), SortColumn::new("id")]),
    by(&[SortColumn::new("day"), SortColumn::new("id")]),
    by(&[SortColumn::new("local"), SortColumn::new("id")]),
    by(&[SortColumn::new("instant"), SortColumn::new("id")]),
];

const fn by(order: &'static [SortColumn]) -> List {
    List::new("*", SORTABLE).descending(order)
}

/// Reads one column of a row: its id.
struct Id(i64);

impl FromRow<'_, PgRow> for Id {
    fn from_row(row: &PgRow) -> Result<Id, sqlx::Error> {
        row.try_get("id").map(Id)
    }
}

#[tokio::test]
async fn a_list_is_sorted_by_a_column_of_each_type() {
    let (database, cursors) = (TestDatabase::with_things().await, Cursors::new(None));
    for list in &BY_COLUMN {
        let column = list.order[0].name;
        let (mut found, mut at) = (Vec::new(), PageAt::Number(1));
        loop {
            let request = PageRequest { limit: 2, at };
            let page: Result<_, ListError> = list.page(&database.pool, &cursors, &request, [], |Id(id)| id).await;
            let Page { data, pagination } = page.unwrap_or_else(|error| panic!("{column}: {error:?}"));
            found.extend(data);
            let Some(next) = pagination.next_cursor else { break };
            at = PageAt::Cursor(next);
        }
        let statement = format!("SELECT id FROM {SORTABLE} ORDER BY {column} DESC, id DESC");
        let expected: Vec<i64> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_all(&database.pool).await.unwrap();
        assert_eq!(found, expected, "{column}");
    }
}

#[tokio::test]
async fn filters_have_each_type_of_a_sort_value() {
    static ONE: List = List::new(
        "id",
        "(SELECT 1::bigint AS id) AS one WHERE $1 = date '2024-02-29' AND $2 = 0.5::float8 AND $3 AND $4 = 1.25",
    )
    .ascending(&[SortColumn::new("id")]);
    let (database, cursors) = (TestDatabase::with_things().await, Cursors::new(None));
    let day = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let decimal = SortValue::Decimal("1.25".parse().unwrap());
    let filter = [SortValue::Date(day), SortValue::Number(0.5), SortValue::Boolean(true), decimal];
    let request = PageRequest { limit: 2, at: PageAt::Number(1) };
    let page: Result<_, ListError> = ONE.page(&database.pool, &cursors, &request, filter, |Id(id)| id).await;
    assert_eq!(page.unwrap().data, [1]);
}

#[tokio::test]
async fn the_first_page_counts_and_the_cursor_carries_the_total() {
    let (database, cursors) = (TestDatabase::with_things().await, Cursors::new(None));
    let pool = &database.pool;
    sqlx::raw_sql("CREATE TABLE numbers AS SELECT n::bigint AS id FROM generate_series(1, 10) n")
        .execute(pool)
        .await
        .unwrap();
    static IDS: List = List::new("id", "numbers WHERE id > $1").ascending(&[SortColumn::new("id")]);
    let page = async |at| {
        let request = PageRequest { limit: 4, at };
        IDS.page::<_, _, ListError, 1>(pool, &cursors, &request, [SortValue::Integer(0)], |(id,): (i64,)| id).await
    };
    let first = page(PageAt::Number(1)).await.unwrap();
    sqlx::query("DELETE FROM numbers WHERE id > 9").execute(pool).await.unwrap();
    let second = page(PageAt::Cursor(first.pagination.next_cursor.unwrap())).await.unwrap();
    assert_eq!((first.pagination.total, second.pagination.total), (Some(10), Some(10)));
    for (number, total) in [(1, 9), (2, 9), (3, 9), (4, 9)] {
        assert_eq!(page(PageAt::Number(number)).await.unwrap().pagination.total, Some(total), "page {number}");
    }
    sqlx::query("DELETE FROM numbers").execute(pool).await.unwrap();
    assert_eq!(page(PageAt::Number(1)).await.unwrap().pagination.total, Some(0));
    assert_eq!(page(PageAt::Number(7)).await.unwrap().pagination.total, Some(0));
}

#[tokio::test]
async fn a_list_that_takes_too_long_to_count_has_no_total_on_any_page() {
    let (database, cursors) = (TestDatabase::with_things().await, Cursors::new(None));
    let pool = &database.pool;
    // Each row takes a tenth of a second, so two rows are quick and all of them are not.
    let slow = "CREATE FUNCTION slow(bigint) RETURNS boolean LANGUAGE plpgsql COST 10000 AS
                $$ BEGIN PERFORM pg_sleep(0.1); RETURN true; END $$;
                CREATE TABLE numbers (id bigint PRIMARY KEY);
                INSERT INTO numbers SELECT generate_series(1, 50); ANALYZE numbers";
    sqlx::raw_sql(slow).execute(pool).await.unwrap();
    static SLOW: List = List::new("id", "numbers WHERE slow(id)").ascending(&[SortColumn::new("id")]);
    let page = async |at| {
        let request = PageRequest { limit: 1, at };
        SLOW.page::<_, _, ListError, 0>(pool, &cursors, &request, [], |(id,): (i64,)| id).await.unwrap()
    };
    let first = page(PageAt::Number(1)).await;
    assert_eq!((first.data, first.pagination.total, first.pagination.has_more), (vec![1], None, true));
    let second = page(PageAt::Cursor(first.pagination.next_cursor.unwrap())).await;
    assert_eq!((second.data, second.pagination.total), (vec![2], None));
    // The connection has its usual time limit again.
    sqlx::query("SELECT pg_sleep(0.7)").execute(pool).await.unwrap();
}

#[tokio::test]
async fn a_page_with_a_total_needs_one_connection() {
    let (database, cursors) = (TestDatabase::with_things().await, Cursors::new(None));
    let mut held = Vec::new();
    for _ in 1..database.pool.options().get_max_connections() {
        held.push(database.pool.acquire().await.unwrap());
    }
    let request = PageRequest { limit: 9, at: PageAt::Number(1) };
    let filter = [SortValue::Integer(20)];
    let page = NUMBERS.page::<_, _, ListError, 1>(&database.pool, &cursors, &request, filter, |row: (i32, i64)| row);
    assert_eq!(page.await.unwrap().pagination.total, Some(80));
}

#[tokio::test]
async fn an_unavailable_database_is_the_error_of_a_list() {
    let pool = crate::testing::database_unavailable();
    let request = PageRequest { limit: 9, at: PageAt::Number(1) };
    let filter = [SortValue::Integer(0)];
    let page = NUMBERS.page(&pool, &Cursors::new(None), &request, filter, |row: (i32, i64)| row).await;
    assert!(matches!(page, Err(ListError::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)))), "{page:?}");
}
