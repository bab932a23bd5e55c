//! Paginated lists that consist of the rows of one statement, and the number of elements in a list.

use chrono::NaiveDateTime;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{
    Arguments as _, Connection as _, FromRow, PgConnection, PgPool, Postgres, QueryBuilder, Row as _, TypeInfo as _,
    ValueRef as _,
};
#[cfg(any(test, feature = "testing"))]
use writ_runtime::PageAt;
use writ_runtime::{BadCursor, Page, PageRequest};

use crate::cursor::{Cursors, SortValue, value_hash};
use crate::keyset::{Keyset, Paging, SortColumn, SortKey};

/// Begins the transaction that counts. PostgreSQL itself cancels a count after half a second, so that it does not continue
/// without a caller. A list that takes longer to count has no total.
const BEGIN_COUNT: &str = "BEGIN READ ONLY; SET LOCAL statement_timeout = 500";

/// The SQLSTATE `query_canceled`: the statement exceeded its time limit.
const QUERY_CANCELED: &str = "57014";

/// Returns the number of rows that a list contains, or `None` if counting them takes longer than half a second.
///
/// `rows` is the list as a query without columns, such as `SELECT FROM events WHERE TRUE`, to which `filter` adds its
/// conditions. The connection is that of the query for the page, so that a list needs one connection.
///
/// ```no_run
/// # async fn example(connection: &mut sqlx::PgConnection) -> Result<Option<u64>, sqlx::Error> {
/// writ_platform::listing::count(connection, "SELECT FROM events WHERE TRUE", |query| {
///     query.push(" AND opens > ").push_bind(chrono::Utc::now());
/// })
/// .await
/// # }
/// ```
///
/// # Errors
/// Returns the error of the database.
pub async fn count(
    connection: &mut PgConnection,
    rows: &'static str,
    filter: impl FnOnce(&mut QueryBuilder<Postgres>),
) -> Result<Option<u64>, sqlx::Error> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (");
    query.push(rows);
    filter(&mut query);
    query.push(") AS counted");
    count_rows(connection, query).await
}

/// Runs a query that counts, within the time limit.
async fn count_rows(
    connection: &mut PgConnection,
    mut query: QueryBuilder<Postgres>,
) -> Result<Option<u64>, sqlx::Error> {
    let mut transaction = connection.begin_with(BEGIN_COUNT).await?;
    let counted: Result<i64, _> = query.build_query_scalar().fetch_one(&mut *transaction).await;
    match counted {
        Ok(count) => Ok(Some(count.unsigned_abs())),
        Err(error) if error.as_database_error().and_then(|error| error.code()).as_deref() == Some(QUERY_CANCELED) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The order of a list without one, which has no pages.
static UNORDERED: SortColumn = SortColumn::new("");

/// A paginated list with a fixed order, as a constant of the service.
///
/// ```no_run
/// # use writ_platform::cursor::{Cursors, SortValue};
/// # use writ_runtime::{BadCursor, Page, PageRequest};
/// # struct ListError;
/// # impl From<BadCursor> for ListError { fn from(_: BadCursor) -> ListError { ListError } }
/// # impl From<sqlx::Error> for ListError { fn from(_: sqlx::Error) -> ListError { ListError } }
/// use writ_platform::keyset::SortColumn;
/// use writ_platform::listing::List;
///
/// static EVENTS: List = List::new("name, id", "events WHERE room = $1")
///     .ascending(&[SortColumn::new("name"), SortColumn::new("id")]);
///
/// async fn names(
///     pool: &sqlx::PgPool,
///     cursors: &Cursors,
///     room: &str,
///     page: &PageRequest,
/// ) -> Result<Page<String>, ListError> {
///     let room = SortValue::Text(room.to_owned());
///     EVENTS.page(pool, cursors, page, [room], |(name, _): (String, i64)| name).await
/// }
/// ```
///
/// An index on the columns of the filter and the order makes each page cost the same. Lists whose callers choose the order
/// or the filters use [`Paging`] directly.
#[derive(Debug)]
pub struct List {
    columns: &'static str,
    rows: &'static str,
    order: &'static [SortColumn],
    descending: bool,
}

impl List {
    /// Creates a list of the columns `columns` of the rows `rows`: a table with a `WHERE` condition, in which `$1` and so
    /// on stand for the values of the filters.
    pub const fn new(columns: &'static str, rows: &'static str) -> List {
        List { columns, rows, order: &[], descending: false }
    }

    /// Returns this list in ascending order of some of its columns. The last one must be unique.
    #[must_use]
    pub const fn ascending(self, order: &'static [SortColumn]) -> List {
        List { order, descending: false, ..self }
    }

    /// Returns this list in descending order of some of its columns. The last one must be unique.
    #[must_use]
    pub const fn descending(self, order: &'static [SortColumn]) -> List {
        List { order, descending: true, ..self }
    }

    /// Reads a page of the list, with these values of its filters. `convert` converts one row.
    ///
    /// # Errors
    /// Returns the error of the database, or [`BadCursor`] if the cursor of the request is not valid or belongs to another
    /// list or filter.
    pub async fn page<R, T, E, const N: usize>(
        &self,
        pool: &PgPool,
        cursors: &Cursors,
        request: &PageRequest,
        filter: [SortValue; N],
        mut convert: impl FnMut(R) -> T,
    ) -> Result<Page<T>, E>
    where
        R: for<'r> FromRow<'r, PgRow>,
        E: From<BadCursor> + From<sqlx::Error>,
    {
        if self.order.is_empty() {
            return Err(sqlx::Error::Configuration("a list without an order has no pages".into()).into());
        }
        let paging = self.paging(cursors, &filter, request)?;
        let mut query = self.page_query(&paging, &filter)?;
        let mut connection = pool.acquire().await?;
        let rows = query.build().fetch_all(&mut *connection).await?;
        let count = async || count_rows(&mut connection, self.query("SELECT count(*)", &filter)?).await;
        let total = paging.total(&rows, count).await?;
        let Page { data, pagination } = paging.try_rows(rows, total, value)?.page(|row| row);
        let data = data.iter().map(|row| R::from_row(row).map(&mut convert)).collect::<Result<_, _>>()?;
        Ok(Page { data, pagination })
    }

    /// Returns the query of a page of the list.
    fn page_query(&self, paging: &Paging<'_>, filter: &[SortValue]) -> Result<QueryBuilder<Postgres>, sqlx::Error> {
        let mut query = self.query(&format!("SELECT {}", self.columns), filter)?;
        paging.push(&mut query);
        Ok(query)
    }

    /// Returns the requested page of the list.
    fn paging<'c, const N: usize>(
        &self,
        cursors: &'c Cursors,
        filter: &[SortValue; N],
        request: &PageRequest,
    ) -> Result<Paging<'c>, BadCursor> {
        let keys = self.order.iter().map(|column| SortKey { column, descending: self.descending });
        let id = self.order.last().unwrap_or(&UNORDERED);
        // The hash contains the rows of the list, so that a cursor is valid for this list only.
        Paging::open(cursors, Keyset::new("", keys, id), value_hash(self.rows, filter), request)
    }

    /// Checks the plans of the queries for the first page, for a later one and for the page after a cursor, as
    /// [`check_plan`](crate::testing::check_plan) does.
    ///
    /// # Panics
    /// Panics if a check fails or the database is unavailable.
    #[cfg(any(test, feature = "testing"))]
    #[expect(clippy::expect_used, reason = "a check in a test")]
    pub async fn check_plans<const N: usize>(&self, pool: &PgPool, filter: [SortValue; N]) {
        let cursors = Cursors::new(None);
        let mut at = vec![PageAt::Number(1), PageAt::Number(3)];
        while let Some(start) = at.pop() {
            let is_first = start == PageAt::Number(1);
            let paging =
                self.paging(&cursors, &filter, &PageRequest { limit: 20, at: start }).expect("the cursor is valid");
            let query = || self.page_query(&paging, &filter).expect("the filters can be encoded");
            crate::testing::check_plan(pool, query(), self.rows).await;
            if is_first {
                let rows = query().build().fetch_all(pool).await.expect("the database is available");
                let page = paging.try_rows(rows, None, value).expect("the rows have the sort columns");
                at.push(PageAt::Cursor(page.next_cursor.expect("the list has several pages")));
            }
        }
    }

    /// Returns a query for the rows of the list that the filters match.
    fn query(&self, select: &str, filter: &[SortValue]) -> Result<QueryBuilder<Postgres>, sqlx::Error> {
        let mut arguments = PgArguments::default();
        for value in filter {
            let added = match value {
                SortValue::Text(text) => arguments.add(text),
                SortValue::Time(time) => arguments.add(time),
                SortValue::Date(date) => arguments.add(date),
                SortValue::Decimal(decimal) => arguments.add(decimal),
                SortValue::Integer(integer) => arguments.add(integer),
                SortValue::Number(number) => arguments.add(number),
                SortValue::Boolean(boolean) => arguments.add(boolean),
                SortValue::Id(id) => arguments.add(id),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        Ok(QueryBuilder::with_arguments(format!("{select} FROM {}", self.rows), arguments))
    }
}

/// Returns the value of a row in a sort column, for a cursor.
fn value(row: &PgRow, column: &'static SortColumn) -> Result<SortValue, sqlx::Error> {
    let name = column.sql;
    Ok(match row.try_get_raw(name)?.type_info().name() {
        "TIMESTAMPTZ" => SortValue::Time(row.try_get(name)?),
        // The connections have the time zone UTC, so PostgreSQL compares both kinds of timestamps as UTC.
        "TIMESTAMP" => SortValue::Time(row.try_get::<NaiveDateTime, _>(name)?.and_utc()),
        "DATE" => SortValue::Date(row.try_get(name)?),
        "BOOL" => SortValue::Boolean(row.try_get(name)?),
        "FLOAT8" => SortValue::Number(row.try_get(name)?),
        "FLOAT4" => SortValue::Number(row.try_get::<f32, _>(name)?.into()),
        "NUMERIC" => SortValue::Decimal(row.try_get(name)?),
        "INT8" => SortValue::Integer(row.try_get(name)?),
        "INT4" => SortValue::Integer(row.try_get::<i32, _>(name)?.into()),
        "INT2" => SortValue::Integer(row.try_get::<i16, _>(name)?.into()),
        "UUID" => SortValue::Id(row.try_get(name)?),
        _ => SortValue::Text(row.try_get(name)?),
    })
}

#[cfg(test)]
mod tests {
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
        let (mut found, mut at) = (Vec::new(), writ_runtime::PageAt::Number(1));
        loop {
            let Page { data, pagination } = page(at, 20).await.unwrap();
            assert_eq!(pagination.total, Some(80));
            found.extend(data);
            let Some(next) = pagination.next_cursor else { break };
            let other: Result<_, ListError> = page(writ_runtime::PageAt::Cursor(next.clone()), 21).await;
            assert!(matches!(other, Err(ListError::Cursor(BadCursor::OtherList))), "{other:?}");
            at = writ_runtime::PageAt::Cursor(next);
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
            let (mut found, mut at) = (Vec::new(), writ_runtime::PageAt::Number(1));
            loop {
                let request = PageRequest { limit: 2, at };
                let page: Result<_, ListError> = list.page(&database.pool, &cursors, &request, [], |Id(id)| id).await;
                let Page { data, pagination } = page.unwrap_or_else(|error| panic!("{column}: {error:?}"));
                found.extend(data);
                let Some(next) = pagination.next_cursor else { break };
                at = writ_runtime::PageAt::Cursor(next);
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
        let request = PageRequest { limit: 2, at: writ_runtime::PageAt::Number(1) };
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
        let page =
            NUMBERS.page::<_, _, ListError, 1>(&database.pool, &cursors, &request, filter, |row: (i32, i64)| row);
        assert_eq!(page.await.unwrap().pagination.total, Some(80));
    }

    #[tokio::test]
    async fn an_unavailable_database_is_the_error_of_a_list() {
        let pool = crate::testing::database_unavailable();
        let request = PageRequest { limit: 9, at: writ_runtime::PageAt::Number(1) };
        let filter = [SortValue::Integer(0)];
        let page = NUMBERS.page(&pool, &Cursors::new(None), &request, filter, |row: (i32, i64)| row).await;
        assert!(matches!(page, Err(ListError::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)))), "{page:?}");
    }
}
