//! The check of the plans of the lists of orders and of their items.

use generated::latest::{ListOrdersRequest, OrderSort, OrderStatus};
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::cursor::Cursors;
use writ_platform::keyset::Paging;
use writ_platform::testing::{TestDatabase, check_plan};
use writ_runtime::{PageRequest, StringEnum as _};

use super::list::{Filter, by_position, sorted};
use super::store;
use crate::plans::pages;

/// A user with 10,000 orders.
pub const OWNER: Uuid = Uuid::from_u128(7);

/// Inserts 100,000 orders of 10 users, 100,000 items of the first order, and 100,000 products.
pub async fn fill(database: &TestDatabase) {
    let insert = "
        INSERT INTO orders (id, user_id, status, total, currency, created_at)
        SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n % 10), 32, '0')::uuid,
               (ARRAY['pending', 'paid', 'shipped', 'delivered', 'cancelled'])[1 + n / 10 % 5], n % 977, 'EUR',
               '2026-01-01Z'::timestamptz + make_interval(mins => n / 3)
        FROM generate_series(1, 100000) n;
        INSERT INTO order_items (order_id, position, sku, quantity, unit_price)
        SELECT lpad(to_hex(1 + n / 50), 32, '0')::uuid, n % 50, 'A-' || n, 1, 1 FROM generate_series(0, 99999) n;
        INSERT INTO products (sku, name, price, currency) SELECT 'A-' || n, 'Name', 1, 'EUR' FROM generate_series(1, 100000) n";
    database.fill(insert).await;
}

/// Checks the plans of the orders of all users or of `owner`, in every sort order, with every combination of filters.
pub async fn check(pool: &PgPool, owner: Option<Uuid>) {
    let times = [None, Some("2026-01-12T00:00:00Z".parse().unwrap())];
    for status in OrderStatus::ALL.iter().copied().map(Some).chain([None]) {
        for created_after in times {
            for sort in OrderSort::ORDERS.iter().copied().chain([&[][..]]) {
                let page = pages(None).remove(0);
                check_request(
                    pool,
                    owner,
                    ListOrdersRequest { page, status, created_after, sort: sort.to_vec(), fields: None },
                )
                .await;
            }
        }
    }
}

async fn check_request(pool: &PgPool, owner: Option<Uuid>, request: ListOrdersRequest) {
    let name = format!("{owner:?} {request:?}");
    let (cursors, ListOrdersRequest { page: first, status, created_after, sort, fields: _ }) =
        (Cursors::new(None), request);
    let filter = Filter { owner, status, created_after };
    let paging = |page: PageRequest| Paging::open(&cursors, sorted(&sort), filter.hash(), &page).unwrap();
    let cursor = store::list(pool, &filter, &paging(first), false).await.unwrap().next_cursor;
    assert!(cursor.is_some(), "{name}");
    for page in pages(cursor) {
        check_plan(pool, store::page_query(&filter, &paging(page.clone())), &format!("{name} at {:?}", page.at)).await;
    }
}

/// Checks the plans of the items of an order.
pub async fn check_items(pool: &PgPool) {
    let (cursors, order) = (Cursors::new(None), Uuid::from_u128(700));
    for page in pages(None) {
        let paging = Paging::open(&cursors, by_position(), [0; 8], &page).unwrap();
        check_plan(pool, store::items_query(order, &paging), &format!("the items at {:?}", page.at)).await;
    }
}
