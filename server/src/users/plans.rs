//! The check of the plans of the list of users.

use generated::latest::{ListUsersRequest, UserRole, UserSort};
use sqlx::PgPool;
use writ_platform::cursor::Cursors;
use writ_platform::keyset::Paging;
use writ_platform::testing::{PlanCheck, TestDatabase};
use writ_runtime::{PageRequest, StringEnum as _};

use super::list::{Filter, order};
use super::store::{Account, page_query, rows};
use crate::plans::{RANGES, Size, has_prepared, of_range, pages, single, time};

/// Inserts 100,000 users, one in a hundred of whom is an administrator. Their names and addresses do not depend on the time of
/// their creation.
pub async fn fill(database: &TestDatabase) {
    let insert = "INSERT INTO users (id, email, name, role, password_hash, created_at)
                  SELECT md5(n::text)::uuid, md5('email' || n) || '@example.com', 'Name ' || left(md5('name' || n), 3),
                         CASE WHEN n % 100 = 0 THEN 'admin' ELSE 'user' END, '',
                         '2026-01-01Z'::timestamptz + make_interval(mins => n / 3)
                  FROM generate_series(1, 100000) n";
    database.fill(insert).await;
}

/// Checks the plans of the list in every sort order, with every combination of its filters.
pub async fn check(pool: &PgPool) {
    let cursors = Cursors::new(None);
    for role in UserRole::ALL.iter().copied().map(Some).chain([None]) {
        for (after, before, size) in RANGES {
            for sort in UserSort::ORDERS.iter().copied().chain([&[][..]]) {
                let request = ListUsersRequest {
                    page: pages(None).remove(0),
                    role,
                    created_after: after.map(time),
                    created_before: before.map(time),
                    sort: sort.to_vec(),
                    fields: None,
                };
                let has_cursor = check_request(pool, &cursors, &request).await;
                let is_long = size == Size::Many || size == Size::Some && role != Some(UserRole::Admin);
                assert!(has_cursor || !is_long, "{request:?}");
            }
        }
    }
}

/// Checks that a list with a filter is planned for each request, and that a list without one is prepared once.
pub async fn check_preparation(pool: &PgPool) {
    let (cursors, single, page) = (Cursors::new(None), single(pool).await, pages(None).remove(0));
    for is_filtered in [true, false] {
        let created_after = is_filtered.then(|| time(33_273));
        let request = ListUsersRequest {
            page: page.clone(),
            role: None,
            created_after,
            created_before: None,
            sort: Vec::new(),
            fields: None,
        };
        let filter = Filter::of(&request);
        let paging = Paging::open(&cursors, order(&request.sort), filter.hash(), &request.page).unwrap();
        rows(&mut single.acquire().await.unwrap(), &filter, &paging).await.unwrap();
        assert_eq!(has_prepared(&single, "FROM active_users").await, !is_filtered);
    }
}

/// Checks the plans of one list. Returns true if it has a page after a cursor.
async fn check_request(pool: &PgPool, cursors: &Cursors, request: &ListUsersRequest) -> bool {
    let filter = Filter::of(request);
    let paging = |page: PageRequest| Paging::open(cursors, order(&request.sort), filter.hash(), &page).unwrap();
    let first = paging(request.page.clone());
    let rows = rows(&mut pool.acquire().await.unwrap(), &filter, &first).await.unwrap();
    let accounts = rows.into_iter().map(|row| Account::try_from(row).unwrap()).collect();
    let cursor = first.rows(accounts, None, super::list::value).next_cursor;
    let has_cursor = cursor.is_some();
    for page in pages(cursor) {
        let check = PlanCheck::new(pool);
        let check = if filter.is_selective() { check.unprepared() } else { check };
        let has_range = request.created_after.is_some() || request.created_before.is_some();
        let check = if has_range { of_range(check, &page) } else { check };
        check.check(page_query(&filter, &paging(page.clone())), &format!("{request:?} at {:?}", page.at)).await;
    }
    has_cursor
}
