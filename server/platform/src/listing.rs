//! Paginated lists that consist of the rows of one statement, and the number of elements in a list.

use chrono::NaiveDateTime;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{
    Arguments as _, Connection as _, FromRow, PgConnection, PgPool, Postgres, QueryBuilder, Row as _, TypeInfo as _,
    ValueRef as _,
};
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
    pub(crate) rows: &'static str,
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
        let rows = query.build().persistent(self.is_prepared(&filter)).fetch_all(&mut *connection).await?;
        let count = async || count_rows(&mut connection, self.query("SELECT count(*)", &filter)?).await;
        let total = paging.total(&rows, count).await?;
        let Page { data, pagination } = paging.try_rows(rows, total, value)?.page(|row| row);
        let data = data.iter().map(|row| R::from_row(row).map(&mut convert)).collect::<Result<_, _>>()?;
        Ok(Page { data, pagination })
    }

    /// Returns true if PostgreSQL may keep the plan of the list with these filters. The plan that it keeps is one for values
    /// of average frequency, which can read a large part of the table for other ones: it does not know the value of a filter,
    /// and of the limit it expects a tenth of the rows. So a list with filters is planned for each request.
    pub(crate) fn is_prepared(&self, filter: &[SortValue]) -> bool {
        filter.is_empty()
    }

    /// Returns the query of a page of the list.
    pub(crate) fn page_query(
        &self,
        paging: &Paging<'_>,
        filter: &[SortValue],
    ) -> Result<QueryBuilder<Postgres>, sqlx::Error> {
        let mut query = self.query(&format!("SELECT {}", self.columns), filter)?;
        paging.push(&mut query);
        Ok(query)
    }

    /// Returns the requested page of the list.
    pub(crate) fn paging<'c, const N: usize>(
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
pub(crate) fn value(row: &PgRow, column: &'static SortColumn) -> Result<SortValue, sqlx::Error> {
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
mod tests;
