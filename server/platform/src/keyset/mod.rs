//! Keyset pagination: the sort order of a paginated list, the SQL of one page, and the cursor of the next page.

use std::convert::Infallible;
use std::fmt::Write as _;

use sqlx::{Postgres, QueryBuilder};
use writ_runtime::{BadCursor, Page, PageAt, PageRequest, Pagination};

use crate::cursor::{Cursor, Cursors, SortValue};

/// A database column that a paginated list can be sorted by.
///
/// The column must not contain nulls. The name and the SQL expression must be constants of the program, because
/// they become part of SQL statements.
#[derive(Debug, PartialEq, Eq)]
pub struct SortColumn {
    /// The name of the sort column in the requests of the contract.
    pub name: &'static str,
    /// The SQL expression of the sort column.
    pub sql: &'static str,
}

impl SortColumn {
    /// Creates a sort column that has one name in the database and in cursors.
    pub const fn new(name: &'static str) -> SortColumn {
        SortColumn { name, sql: name }
    }
}

/// A sort key of a list: a column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The column that the list is sorted by.
    pub column: &'static SortColumn,
    /// True if the greatest value of the column comes first in the list.
    pub descending: bool,
}

/// A paginated list and its sort order. The order is total, because a unique id is the last sort key.
///
/// ```
/// use writ_platform::keyset::{Keyset, SortColumn, SortKey};
///
/// static ID: SortColumn = SortColumn { name: "id", sql: "id" };
/// static NAME: SortColumn = SortColumn { name: "name", sql: "lower(name)" };
///
/// let keyset = Keyset::new("events", [SortKey { column: &NAME, descending: true }], &ID);
/// let columns: Vec<_> = keyset.columns().map(|column| column.name).collect();
/// assert_eq!(columns, ["name", "id"]);
/// ```
#[derive(Debug, Clone)]
pub struct Keyset {
    name: &'static str,
    keys: Vec<SortKey>,
}

/// A requested page of a list, with its sort order and its start.
///
/// [`Paging::push`] completes a query, and [`Paging::rows`] converts the rows that the query returns into a
/// page:
///
/// ```no_run
/// # use writ_platform::cursor::{Cursors, SortValue, filter_hash};
/// # use writ_platform::keyset::{Keyset, Paging, SortColumn};
/// # use writ_platform::listing::count;
/// # use writ_runtime::{BadCursor, Page, PageRequest};
/// # struct ListError;
/// # impl From<BadCursor> for ListError { fn from(_: BadCursor) -> ListError { ListError } }
/// # impl From<sqlx::Error> for ListError { fn from(_: sqlx::Error) -> ListError { ListError } }
/// static NAME: SortColumn = SortColumn { name: "name", sql: "name" };
///
/// async fn list(
///     pool: &sqlx::PgPool,
///     cursors: &Cursors,
///     request: &PageRequest,
/// ) -> Result<Page<String>, ListError> {
///     let keyset = Keyset::new("names", [], &NAME);
///     let paging = Paging::open(cursors, keyset, filter_hash([]), request)?;
///     let mut query = sqlx::QueryBuilder::new("SELECT name FROM people WHERE TRUE");
///     paging.push(&mut query);
///     let mut connection = pool.acquire().await?;
///     let names: Vec<String> = query.build_query_scalar().fetch_all(&mut *connection).await?;
///     let total = paging.total(&names, async || count(&mut connection, "SELECT FROM people", |_| ()).await).await?;
///     Ok(paging.rows(names, total, |name, _| SortValue::Text(name.clone())).page(|name| name))
/// }
/// ```
#[derive(Debug)]
pub struct Paging<'a> {
    cursors: &'a Cursors,
    keyset: Keyset,
    filter: [u8; 8],
    limit: u32,
    start: Start,
}

#[derive(Debug)]
enum Start {
    /// A page by its number, after so many elements.
    Page {
        page: u32,
        skipped: u64,
    },
    After {
        values: Vec<SortValue>,
        total: Option<u64>,
    },
}

/// The rows of one page of a list, and the cursor of the next page.
#[derive(Debug, PartialEq)]
pub struct Rows<R> {
    /// The database rows of the page, at most `limit`.
    pub rows: Vec<R>,
    /// The number of elements on all pages, or `None` if it is unknown.
    pub total: Option<u64>,
    /// The number of the page, counted from 1. `None` if the page was requested by cursor.
    pub page: Option<u32>,
    /// The maximum number of rows on a page.
    pub limit: u32,
    /// True if another page of the list follows this one.
    pub has_more: bool,
    /// The cursor for requesting the next page. `None` on the last page.
    pub next_cursor: Option<String>,
}

impl<R> Rows<R> {
    /// Converts the rows into a page as the contract describes it. `convert` converts one row.
    pub fn page<T>(self, convert: impl FnMut(R) -> T) -> Page<T> {
        let Rows { rows, total, page, limit, has_more, next_cursor } = self;
        let pagination = Pagination { total, page, limit, has_more, next_cursor };
        Page { data: rows.into_iter().map(convert).collect(), pagination }
    }
}

impl Keyset {
    /// Creates the sort order of the list `name`: by `keys` and then by the unique column `id`. A second key with
    /// the column of an earlier key is ignored.
    pub fn new(name: &'static str, keys: impl IntoIterator<Item = SortKey>, id: &'static SortColumn) -> Keyset {
        let mut unique: Vec<SortKey> = Vec::new();
        for key in keys {
            if unique.iter().all(|other| other.column != key.column) {
                unique.push(key);
            }
        }
        if unique.iter().all(|key| key.column != id) {
            // The id column has the direction of the first sort key, so that one index can serve both directions.
            let descending = unique.first().is_some_and(|key| key.descending);
            unique.push(SortKey { column: id, descending });
        }
        Keyset { name, keys: unique }
    }

    /// Returns the sort columns of the list in their order, including the id.
    pub fn columns(&self) -> impl Iterator<Item = &'static SortColumn> {
        self.keys.iter().map(|key| key.column)
    }

    /// Returns the name of the list and its sort order as text for a cursor, for example `events:-createdAt,-id`.
    fn sort(&self) -> String {
        let mut text = format!("{}:", self.name);
        for (index, key) in self.keys.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}{}{}", if key.descending { '-' } else { '+' }, key.column.name);
        }
        text
    }

    /// Appends the sort order of the list to a query, as ` ORDER BY …`.
    pub fn push_order(&self, query: &mut QueryBuilder<Postgres>) {
        for (index, key) in self.keys.iter().enumerate() {
            query.push(if index == 0 { " ORDER BY " } else { ", " });
            query.push(key.column.sql).push(if key.descending { " DESC" } else { " ASC" });
        }
    }

    /// Appends a condition in parentheses to the SQL query of a paginated list. It selects the rows after the
    /// row with the sort values `values`.
    pub fn push_after(&self, query: &mut QueryBuilder<Postgres>, values: &[SortValue]) {
        let pairs: Vec<_> = self.keys.iter().zip(values).collect();
        let Some((first, rest)) = pairs.split_first() else {
            query.push("(TRUE)");
            return;
        };
        if rest.iter().all(|(key, _)| key.descending == first.0.descending) {
            // All sort keys have one direction, so a row comparison works. It is one range of an index.
            query.push("((");
            separated(query, &pairs, |query, (key, _)| {
                query.push(key.column.sql);
            });
            query.push(") ").push(beyond(first.0)).push(" (");
            separated(query, &pairs, |query, (_, value)| bind(query, value));
            query.push("))");
            return;
        }
        // The sort directions differ. The bound of the first key can use an index; the other conditions compare
        // key by key.
        query.push("(").push(first.0.column.sql).push(" ").push(beyond(first.0)).push("= ");
        bind(query, first.1);
        query.push(" AND (");
        for last in 0..pairs.len() {
            query.push(if last == 0 { "(" } else { " OR (" });
            for (key, value) in &pairs[..last] {
                query.push(key.column.sql).push(" = ");
                bind(query, value);
                query.push(" AND ");
            }
            let (key, value) = pairs[last];
            query.push(key.column.sql).push(" ").push(beyond(key)).push(" ");
            bind(query, value);
            query.push(")");
        }
        query.push("))");
    }
}

impl<'a> Paging<'a> {
    /// Determines the page of a list that a request asks for. `filter` is the
    /// [`filter_hash`](crate::cursor::filter_hash) of the filters of the list.
    ///
    /// # Errors
    /// Returns an error if the cursor of the request is not valid or belongs to another list, sort order or
    /// filter.
    pub fn open(
        cursors: &'a Cursors,
        keyset: Keyset,
        filter: [u8; 8],
        request: &PageRequest,
    ) -> Result<Paging<'a>, BadCursor> {
        let start = match &request.at {
            PageAt::Number(page) => {
                let page = (*page).max(1);
                Start::Page { page, skipped: u64::from(page - 1) * u64::from(request.limit.max(1)) }
            }
            PageAt::Offset(offset) => {
                let page = offset / u64::from(request.limit.max(1)) + 1;
                Start::Page { page: u32::try_from(page).unwrap_or(u32::MAX), skipped: *offset }
            }
            PageAt::Cursor(text) => {
                let Cursor { values, total, .. } = cursors.open(text, &keyset.sort(), filter)?;
                if values.len() != keyset.keys.len() {
                    return Err(BadCursor::OtherList);
                }
                Start::After { values, total }
            }
        };
        Ok(Paging { cursors, keyset, filter, limit: request.limit.max(1), start })
    }

    /// Appends the start of the page, the sort order and the limit to a query, which must end in a `WHERE`
    /// condition.
    ///
    /// The query returns up to one row more than the page has, so that [`Paging::rows`] can detect another page.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        if let Start::After { values, .. } = &self.start {
            query.push(" AND ");
            self.keyset.push_after(query, values);
        }
        self.keyset.push_order(query);
        query.push(" LIMIT ").push_bind(i64::from(self.limit) + 1);
        if let Start::Page { skipped, .. } = self.start
            && skipped > 0
        {
            query.push(" OFFSET ").push_bind(i64::try_from(skipped).unwrap_or(i64::MAX));
        }
    }

    /// Returns the number of elements on all pages. `rows` are the rows that the query returned, and `count` counts the
    /// elements, or returns `None` if this takes too long.
    ///
    /// The elements are counted once: the cursor of the next page contains their number. They are not counted at all if
    /// the rows end on this page.
    ///
    /// # Errors
    /// Returns the error of `count`.
    pub async fn total<R, E>(
        &self,
        rows: &[R],
        count: impl AsyncFnOnce() -> Result<Option<u64>, E>,
    ) -> Result<Option<u64>, E> {
        let before = match self.start {
            Start::After { total, .. } => return Ok(total),
            Start::Page { skipped, .. } => skipped,
        };
        let found = rows.len() as u64;
        let is_last = found <= u64::from(self.limit) && (found > 0 || before == 0);
        if is_last { Ok(Some(before + found)) } else { count().await }
    }

    /// Converts the rows that the query returned into a page. `total` is the number that [`Paging::total`] returns, and
    /// `value` returns the value of a row in a sort
    /// column, for the cursor of the next page.
    pub fn rows<R>(
        &self,
        rows: Vec<R>,
        total: Option<u64>,
        value: impl Fn(&R, &'static SortColumn) -> SortValue,
    ) -> Rows<R> {
        let Ok(rows) = self.try_rows(rows, total, |row, column| Ok::<_, Infallible>(value(row, column)));
        rows
    }

    /// Converts the rows that the query returned into a page, as [`Paging::rows`] does, with a `value` that can fail.
    pub(crate) fn try_rows<R, E>(
        &self,
        mut rows: Vec<R>,
        total: Option<u64>,
        value: impl Fn(&R, &'static SortColumn) -> Result<SortValue, E>,
    ) -> Result<Rows<R>, E> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let cursor_after = |last| {
            let values = self.keyset.columns().map(|column| value(last, column)).collect::<Result<_, E>>()?;
            Ok(self.cursors.seal(&Cursor { sort: self.keyset.sort(), filter: self.filter, total, values }))
        };
        let next_cursor = rows.last().filter(|_| has_more).map(cursor_after).transpose()?;
        let page = match self.start {
            Start::Page { page, .. } => Some(page),
            Start::After { .. } => None,
        };
        Ok(Rows { rows, total, page, limit: self.limit, has_more, next_cursor })
    }
}

/// Returns the SQL operator that selects the rows after a given value of this sort key.
fn beyond(key: &SortKey) -> &'static str {
    if key.descending { "<" } else { ">" }
}

fn bind(query: &mut QueryBuilder<Postgres>, value: &SortValue) {
    match value {
        SortValue::Text(text) => query.push_bind(text.clone()),
        SortValue::Time(time) => query.push_bind(*time),
        SortValue::Date(date) => query.push_bind(*date),
        SortValue::Decimal(decimal) => query.push_bind(*decimal),
        SortValue::Integer(integer) => query.push_bind(*integer),
        SortValue::Number(number) => query.push_bind(*number),
        SortValue::Boolean(boolean) => query.push_bind(*boolean),
        SortValue::Id(id) => query.push_bind(*id),
    };
}

fn separated<T>(query: &mut QueryBuilder<Postgres>, all: &[T], one: impl Fn(&mut QueryBuilder<Postgres>, &T)) {
    for (index, item) in all.iter().enumerate() {
        if index > 0 {
            query.push(", ");
        }
        one(query, item);
    }
}

#[cfg(test)]
mod tests;
