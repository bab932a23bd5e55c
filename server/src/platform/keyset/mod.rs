//! Lists page by page: the order, the place to go on from, and one row more than was asked for.

use std::fmt::Write as _;

use sqlx::{Postgres, QueryBuilder};
use writ_runtime::{Page, PageAt, PageRequest, Pagination};

use crate::platform::cursor::{BadCursor, Cursor, Cursors, SortValue};

/// A column that a list may be ordered by. It is never null, and both names are ours, not a caller's.
#[derive(Debug, PartialEq, Eq)]
pub struct SortColumn {
    /// The name in the contract.
    pub name: &'static str,
    /// The column, as SQL reads it.
    pub sql: &'static str,
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The column.
    pub column: &'static SortColumn,
    /// From the greatest to the least.
    pub descending: bool,
}

/// A list in a total order: its keys, and the id after them.
#[derive(Debug, Clone)]
pub struct Keyset {
    name: &'static str,
    keys: Vec<SortKey>,
}

/// One page of a list, as it was asked for.
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
    Page(u32),
    After(Vec<SortValue>),
}

/// One page of rows, and how to go on.
#[derive(Debug, PartialEq)]
pub struct Rows<R> {
    /// At most as many as were asked for.
    pub rows: Vec<R>,
    /// The number of the page, where it was asked for by number.
    pub page: Option<u32>,
    /// As many as were asked for.
    pub limit: u32,
    /// Whether another page follows.
    pub has_more: bool,
    /// What to ask for it with.
    pub next_cursor: Option<String>,
}

impl<R> Rows<R> {
    /// The page as the contract shows it.
    pub fn page<T>(self, total: u64, show: impl FnMut(R) -> T) -> Page<T> {
        let Rows { rows, page, limit, has_more, next_cursor } = self;
        let pagination = Pagination { total, page, limit, has_more, next_cursor };
        Page { data: rows.into_iter().map(show).collect(), pagination }
    }
}

impl Keyset {
    /// The list `name`, ordered by `keys` and then by `id`. A column that comes twice counts once.
    pub fn new(name: &'static str, keys: impl IntoIterator<Item = SortKey>, id: &'static SortColumn) -> Keyset {
        let mut unique: Vec<SortKey> = Vec::new();
        for key in keys {
            if unique.iter().all(|other| other.column != key.column) {
                unique.push(key);
            }
        }
        if unique.iter().all(|key| key.column != id) {
            // In the direction of the first key one index serves the order both ways.
            let descending = unique.first().is_some_and(|key| key.descending);
            unique.push(SortKey { column: id, descending });
        }
        Keyset { name, keys: unique }
    }

    /// The columns in their order, the id among them.
    pub fn columns(&self) -> impl Iterator<Item = &'static SortColumn> {
        self.keys.iter().map(|key| key.column)
    }

    /// The list and its order as text, for example `users:-createdAt,-id`.
    fn sort(&self) -> String {
        let mut text = format!("{}:", self.name);
        for (index, key) in self.keys.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}{}{}", if key.descending { '-' } else { '+' }, key.column.name);
        }
        text
    }

    /// ` ORDER BY …`.
    pub fn push_order(&self, query: &mut QueryBuilder<Postgres>) {
        for (index, key) in self.keys.iter().enumerate() {
            query.push(if index == 0 { " ORDER BY " } else { ", " });
            query.push(key.column.sql).push(if key.descending { " DESC" } else { " ASC" });
        }
    }

    /// A condition in brackets that holds for the rows after the one with `values`.
    pub fn push_after(&self, query: &mut QueryBuilder<Postgres>, values: &[SortValue]) {
        let pairs: Vec<_> = self.keys.iter().zip(values).collect();
        let Some((first, rest)) = pairs.split_first() else {
            query.push("(TRUE)");
            return;
        };
        if rest.iter().all(|(key, _)| key.descending == first.0.descending) {
            // All in one direction: a comparison of rows, which is one range of the index.
            query.push("((");
            separated(query, &pairs, |query, (key, _)| {
                query.push(key.column.sql);
            });
            query.push(") ").push(beyond(first.0)).push(" (");
            separated(query, &pairs, |query, (_, value)| bind(query, value));
            query.push("))");
            return;
        }
        // Else the bound of the first key, for the index, and then key by key.
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
    /// Reads where the page begins. `filter` is the [`filter_hash`](crate::platform::cursor::filter_hash)
    /// of the list's filters.
    ///
    /// # Errors
    /// A cursor that is not one, or that belongs to another list.
    pub fn open(
        cursors: &'a Cursors,
        keyset: Keyset,
        filter: [u8; 8],
        request: &PageRequest,
    ) -> Result<Paging<'a>, BadCursor> {
        let start = match &request.at {
            PageAt::Number(page) => Start::Page((*page).max(1)),
            PageAt::Cursor(text) => {
                let values = cursors.open(text, &keyset.sort(), filter)?.values;
                if values.len() != keyset.keys.len() {
                    return Err(BadCursor::Elsewhere);
                }
                Start::After(values)
            }
        };
        Ok(Paging { cursors, keyset, filter, limit: request.limit.max(1), start })
    }

    /// Completes a query whose text ends in a `WHERE` with at least one condition: the place to go
    /// on from, the order and the limit.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        if let Start::After(values) = &self.start {
            query.push(" AND ");
            self.keyset.push_after(query, values);
        }
        self.keyset.push_order(query);
        query.push(" LIMIT ").push_bind(i64::from(self.limit) + 1);
        if let Start::Page(page) = self.start
            && page > 1
        {
            query.push(" OFFSET ").push_bind(i64::from(page - 1) * i64::from(self.limit));
        }
    }

    /// Makes a page of what the query found. `value` reads a row's value of a column that the
    /// keyset names.
    pub fn rows<R>(&self, mut found: Vec<R>, value: impl Fn(&R, &'static SortColumn) -> SortValue) -> Rows<R> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| has_more).map(|last| {
            let values = self.keyset.columns().map(|column| value(last, column)).collect();
            self.cursors.seal(&Cursor { sort: self.keyset.sort(), filter: self.filter, values })
        });
        let page = match self.start {
            Start::Page(page) => Some(page),
            Start::After(_) => None,
        };
        Rows { rows: found, page, limit: self.limit, has_more, next_cursor }
    }
}

fn beyond(key: &SortKey) -> &'static str {
    if key.descending { "<" } else { ">" }
}

fn bind(query: &mut QueryBuilder<Postgres>, value: &SortValue) {
    match value {
        SortValue::Text(text) => query.push_bind(text.clone()),
        SortValue::Time(time) => query.push_bind(*time),
        SortValue::Decimal(decimal) => query.push_bind(*decimal),
        SortValue::Integer(integer) => query.push_bind(*integer),
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
