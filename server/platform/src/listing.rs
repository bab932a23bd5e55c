//! Paginated lists that consist of the rows of one statement, and the number of elements in a list.

use chrono::NaiveDateTime;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, FromRow, PgPool, Postgres, QueryBuilder, Row as _, TypeInfo as _, ValueRef as _};
use writ_runtime::{BadCursor, Page, PageRequest};

use crate::cursor::{Cursors, SortValue, value_hash};
use crate::keyset::{Keyset, Paging, SortColumn, SortKey};

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
        let keys = self.order.iter().map(|column| SortKey { column, descending: self.descending });
        let Some(id) = self.order.last() else {
            return Err(sqlx::Error::Configuration("a list without an order has no pages".into()).into());
        };
        // The hash contains the rows of the list, so that a cursor is valid for this list only.
        let paging = Paging::open(cursors, Keyset::new("", keys, id), value_hash(self.rows, &filter), request)?;
        let mut count = self.query("SELECT count(*) FROM (SELECT", &filter)?;
        count.push(" LIMIT ").push_bind(MAX_TOTAL).push(") AS counted");
        let total: i64 = count.build_query_scalar().fetch_one(pool).await?;
        let mut query = self.query(&format!("SELECT {}", self.columns), &filter)?;
        paging.push(&mut query);
        let rows = paging.try_rows(query.build().fetch_all(pool).await?, value)?;
        let Page { data, pagination } = rows.page(total.unsigned_abs(), |row| row);
        let data = data.iter().map(|row| R::from_row(row).map(&mut convert)).collect::<Result<_, _>>()?;
        Ok(Page { data, pagination })
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
            assert_eq!(pagination.total, 80);
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
    async fn an_unavailable_database_is_the_error_of_a_list() {
        let pool = crate::testing::database_unavailable();
        let request = PageRequest { limit: 9, at: writ_runtime::PageAt::Number(1) };
        let filter = [SortValue::Integer(0)];
        let page = NUMBERS.page(&pool, &Cursors::new(None), &request, filter, |row: (i32, i64)| row).await;
        assert!(matches!(page, Err(ListError::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)))), "{page:?}");
    }
}
