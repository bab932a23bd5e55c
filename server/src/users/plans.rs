//! The check of the plans of the list of users.

use generated::latest::{ListUsersRequest, UserRole, UserSort};
use sqlx::PgPool;
use writ_platform::cursor::Cursors;
use writ_platform::keyset::Paging;
use writ_platform::testing::{TestDatabase, check_plan};
use writ_runtime::{PageRequest, StringEnum as _};

use super::list::{Filter, order};
use super::store::{Account, Row, page_query};
use crate::plans::pages;

/// Inserts 100,000 users, one in a hundred of whom is an administrator.
pub async fn fill(database: &TestDatabase) {
    let insert = "INSERT INTO users (id, email, name, role, password_hash, created_at)
                  SELECT gen_random_uuid(), md5(n::text) || '@example.com', 'Name ' || n % 1000,
                         CASE WHEN n % 100 = 0 THEN 'admin' ELSE 'user' END, '',
                         '2026-01-01Z'::timestamptz + make_interval(mins => n / 3)
                  FROM generate_series(1, 100000) n";
    database.fill(insert).await;
}

/// Checks the plans of the list in every sort order, with every combination of its filters.
pub async fn check(pool: &PgPool) {
    let times = [None, Some("2026-01-12T00:00:00Z".parse().unwrap())];
    let (cursors, roles) = (Cursors::new(None), UserRole::ALL.iter().copied().map(Some).chain([None]));
    for role in roles {
        for (created_after, created_before) in
            [(0, 0), (0, 1), (1, 0)].map(|(after, before)| (times[after], times[before]))
        {
            for sort in UserSort::ORDERS.iter().copied().chain([&[][..]]) {
                let page = pages(None).remove(0);
                let request =
                    ListUsersRequest { page, role, created_after, created_before, sort: sort.to_vec(), fields: None };
                check_request(pool, &cursors, &request).await;
            }
        }
    }
}

async fn check_request(pool: &PgPool, cursors: &Cursors, request: &ListUsersRequest) {
    let filter = Filter::of(request);
    let paging = |page: PageRequest| Paging::open(cursors, order(&request.sort), filter.hash(), &page).unwrap();
    let first = paging(request.page.clone());
    let rows: Vec<Row> = page_query(&filter, &first).build_query_as().fetch_all(pool).await.unwrap();
    let accounts = rows.into_iter().map(|row| Account::try_from(row).unwrap()).collect();
    let cursor = first.rows(accounts, None, super::list::value).next_cursor;
    assert!(cursor.is_some(), "{request:?}");
    for page in pages(cursor) {
        check_plan(pool, page_query(&filter, &paging(page.clone())), &format!("{request:?} at {:?}", page.at)).await;
    }
}
