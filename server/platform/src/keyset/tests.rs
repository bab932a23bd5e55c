//! Tests of the pages of a list in several sort orders.

use rust_decimal::Decimal;
use sqlx::PgPool;
use uuid::Uuid;

use super::*;
use crate::cursor::filter_hash;
use crate::testing::TestDatabase;

static ID: SortColumn = SortColumn { name: "id", sql: "id" };
static NAME: SortColumn = SortColumn { name: "name", sql: "name" };
static TOTAL: SortColumn = SortColumn { name: "total", sql: "total" };

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    total: Decimal,
}

fn value(row: &Row, column: &'static SortColumn) -> SortValue {
    match column.name {
        "name" => SortValue::Text(row.name.clone()),
        "total" => SortValue::Decimal(row.total),
        _ => SortValue::Id(row.id),
    }
}

fn key(column: &'static SortColumn, descending: bool) -> SortKey {
    SortKey { column, descending }
}

async fn rows(pool: &PgPool, paging: &Paging<'_>) -> Rows<Row> {
    let mut query = QueryBuilder::new("SELECT id, name, total FROM things WHERE TRUE");
    paging.push(&mut query);
    paging.rows(query.build_query_as().fetch_all(pool).await.unwrap(), None, value)
}

#[tokio::test]
async fn all_pages_together_contain_every_row_once() {
    let database = TestDatabase::with_things().await;
    let pool = &database.pool;
    sqlx::query(
        "CREATE TABLE things AS SELECT gen_random_uuid() AS id, 'n' || n % 3 AS name, (n % 4)::numeric(12, 2) AS total
         FROM generate_series(1, 50) AS n",
    )
    .execute(pool)
    .await
    .unwrap();
    let cursors = Cursors::new(None);
    let filter = filter_hash([]);
    let sorts: &[&[SortKey]] = &[
        &[],
        &[key(&NAME, false)],
        &[key(&NAME, true), key(&TOTAL, true)],
        &[key(&NAME, true), key(&TOTAL, false)],
        &[key(&TOTAL, false), key(&NAME, true), key(&TOTAL, true)],
        &[key(&TOTAL, true), key(&NAME, false), key(&ID, true)],
    ];
    for keys in sorts {
        let keyset = Keyset::new("things", keys.iter().copied(), &ID);
        let at = |at, limit| Paging::open(&cursors, keyset.clone(), filter, &PageRequest { limit, at }).unwrap();
        let all = rows(pool, &at(PageAt::Number(1), 100)).await;
        assert_eq!((all.rows.len(), all.has_more, &all.next_cursor), (50, false, &None));

        let mut by_cursor = rows(pool, &at(PageAt::Number(1), 7)).await;
        let mut seen = by_cursor.rows;
        while let Some(cursor) = by_cursor.next_cursor {
            by_cursor = rows(pool, &at(PageAt::Cursor(cursor), 7)).await;
            assert_eq!(by_cursor.page, None);
            seen.extend(by_cursor.rows);
        }
        assert_eq!(seen, all.rows, "{}", keyset.sort());

        let mut by_number = Vec::new();
        for page in 1.. {
            let rows = rows(pool, &at(PageAt::Number(page), 7)).await;
            by_number.extend(rows.rows);
            if !rows.has_more {
                break;
            }
        }
        assert_eq!(by_number, all.rows);
    }
}

#[test]
fn keys_of_one_direction_become_a_row_comparison() {
    let keyset = Keyset::new("things", [key(&NAME, true)], &ID);
    assert_eq!(keyset.sort(), "things:-name,-id");
    let mut query = QueryBuilder::new("");
    keyset.push_after(&mut query, &[SortValue::Text("a".to_owned()), SortValue::Id(Uuid::nil())]);
    keyset.push_order(&mut query);
    assert_eq!(query.into_string(), "((name, id) < ($1, $2)) ORDER BY name DESC, id DESC");
}

#[test]
fn keys_of_two_directions_are_compared_individually() {
    let keyset = Keyset::new("things", [key(&NAME, false), key(&TOTAL, true)], &ID);
    let mut query = QueryBuilder::new("");
    let values = [SortValue::Text("a".to_owned()), SortValue::Integer(1), SortValue::Id(Uuid::nil())];
    keyset.push_after(&mut query, &values);
    assert_eq!(
        query.into_string(),
        "(name >= $1 AND ((name > $2) OR (name = $3 AND total < $4) OR (name = $5 AND total = $6 AND id > $7)))"
    );
}

#[test]
fn a_cursor_of_another_sort_order_is_rejected() {
    let cursors = Cursors::new(None);
    let filter = filter_hash([]);
    let by = |descending| Keyset::new("things", [key(&NAME, descending)], &ID);
    let row = Row { id: Uuid::nil(), name: "a".to_owned(), total: Decimal::ONE };
    let first = PageRequest { limit: 1, at: PageAt::Number(1) };
    let paging = Paging::open(&cursors, by(true), filter, &first).unwrap();
    let page = paging.rows(vec![row.clone(), row], Some(2), value);
    let next = PageRequest { limit: 1, at: PageAt::Cursor(page.next_cursor.unwrap()) };
    assert!(Paging::open(&cursors, by(true), filter, &next).is_ok());
    assert_eq!(Paging::open(&cursors, by(false), filter, &next).unwrap_err(), BadCursor::OtherList);
}
