//! The check of the plans of the lists of orders and of their items.

use generated::latest::{ListOrdersRequest, OrderSort, OrderStatus};
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::cursor::Cursors;
use writ_platform::keyset::Paging;
use writ_platform::testing::{PlanCheck, TestDatabase};
use writ_runtime::{PageRequest, StringEnum as _};

use super::list::{Filter, by_position, sorted};
use super::store;
use crate::plans::{RANGES, Size, has_prepared, of_range, pages, single, time};

/// A user with 10,000 orders. The other users have ten orders each.
pub const OWNER: Uuid = Uuid::from_u128(7);

/// Inserts 100,000 orders, one in fifty of which is cancelled, 100 items for each of the first 1,000 orders, and 100,000
/// products. The totals of orders do not depend on the time of their creation.
pub async fn fill(database: &TestDatabase) {
    let insert = "
        INSERT INTO orders (id, user_id, status, total, currency, created_at)
        SELECT lpad(to_hex(n), 32, '0')::uuid,
               lpad(to_hex(CASE WHEN n % 10 = 7 THEN 7 ELSE 10 + n % 9000 END), 32, '0')::uuid,
               CASE WHEN n % 100 IN (7, 50) THEN 'cancelled'
                    ELSE (ARRAY['pending', 'paid', 'shipped', 'delivered'])[1 + n / 10 % 4] END,
               ('x' || left(md5(n::text), 4))::bit(16)::integer % 977, 'EUR',
               '2026-01-01Z'::timestamptz + make_interval(mins => n / 3)
        FROM generate_series(1, 100000) n;
        INSERT INTO order_items (order_id, position, sku, quantity, unit_price)
        SELECT lpad(to_hex(1 + n / 100), 32, '0')::uuid, n % 100, 'A-' || n, 1, 1 FROM generate_series(0, 99999) n;
        INSERT INTO products (sku, name, price, currency) SELECT 'A-' || n, 'Name', 1, 'EUR' FROM generate_series(1, 100000) n";
    database.fill(insert).await;
}

/// Checks the plans of the orders of all users or of `owner`, in every sort order, with every combination of filters.
pub async fn check(pool: &PgPool, owner: Option<Uuid>) {
    let ranges = RANGES.iter().filter(|(_, before, _)| before.is_none());
    for (created_after, _, size) in ranges {
        for status in OrderStatus::ALL.iter().copied().map(Some).chain([None]) {
            for sort in OrderSort::ORDERS.iter().copied().chain([&[][..]]) {
                let request = ListOrdersRequest {
                    page: pages(None).remove(0),
                    status,
                    created_after: created_after.map(time),
                    sort: sort.to_vec(),
                    fields: None,
                };
                let name = format!("{owner:?} {request:?}");
                let has_cursor = check_request(pool, owner, request).await;
                let is_long = *size == Size::Many || *size == Size::Some && owner.is_none() && status.is_none();
                assert!(has_cursor || !is_long, "{name}");
            }
        }
    }
}

/// Checks that a list with a filter is planned for each request, and that a list without one is prepared once.
pub async fn check_preparation(pool: &PgPool) {
    let (cursors, single) = (Cursors::new(None), single(pool).await);
    for owner in [Some(OWNER), None] {
        let filter = Filter { owner, status: None, created_after: None };
        let paging = Paging::open(&cursors, sorted(&[]), filter.hash(), &pages(None)[0]).unwrap();
        store::list(&single, &filter, &paging, false).await.unwrap();
        assert_eq!(has_prepared(&single, "created_at, updated_at FROM orders").await, owner.is_none());
    }
}

/// Checks the plans of one list. Returns true if it has a page after a cursor.
async fn check_request(pool: &PgPool, owner: Option<Uuid>, request: ListOrdersRequest) -> bool {
    let name = format!("{owner:?} {request:?}");
    let (cursors, ListOrdersRequest { page: first, status, created_after, sort, fields: _ }) =
        (Cursors::new(None), request);
    let filter = Filter { owner, status, created_after };
    let paging = |page: PageRequest| Paging::open(&cursors, sorted(&sort), filter.hash(), &page).unwrap();
    let cursor = store::list(pool, &filter, &paging(first), false).await.unwrap().next_cursor;
    let has_cursor = cursor.is_some();
    for page in pages(cursor) {
        let check = PlanCheck::new(pool);
        let check = if filter.is_selective() { check.unprepared() } else { check };
        let check = if created_after.is_some() { of_range(check, &page) } else { check };
        check.check(store::page_query(&filter, &paging(page.clone())), &format!("{name} at {:?}", page.at)).await;
    }
    has_cursor
}

/// Checks the plans of the items of an order.
pub async fn check_items(pool: &PgPool) {
    let (cursors, order) = (Cursors::new(None), Uuid::from_u128(700));
    let paging = |page: &PageRequest| Paging::open(&cursors, by_position(), [0; 8], page).unwrap();
    let summary = store::find_summary(pool, order.into(), None).await.unwrap().unwrap();
    let cursor = store::items(pool, &summary, &paging(&pages(None)[0])).await.unwrap().next_cursor;
    assert!(cursor.is_some());
    for page in pages(cursor) {
        let query = store::items_query(order, &paging(&page));
        PlanCheck::new(pool).check(query, &format!("the items at {:?}", page.at)).await;
    }
}
