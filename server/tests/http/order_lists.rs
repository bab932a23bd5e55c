//! Tests of the lists of orders and of their items: filters, sort order, sparse fieldsets and pages.

use std::collections::BTreeSet;

use generated::v1::OrderId;
use http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::cursors::refuses_changed_cursors;
use crate::customers::known;
use crate::envelope::refused;
use crate::orders::{Customer, get};
use crate::support::{Service, Session, body_of};

/// Inserts 40 orders of a user with eight totals, ten creation times and four statuses.
async fn seed(pool: &PgPool, user: &str) {
    insert(pool, user, &["pending", "paid", "shipped", "cancelled"], 1, 40).await;
}

/// Inserts the orders of a user with these numbers, and with these statuses in turn.
async fn insert(pool: &PgPool, user: &str, statuses: &[&str], from: i32, to: i32) {
    let user: generated::v1::UserId = user.parse().unwrap();
    sqlx::query(
        "WITH made AS (
             INSERT INTO orders (id, user_id, status, total, currency, created_at)
             SELECT gen_random_uuid(), $1, ($4::text[])[n % cardinality($4) + 1],
                    n % 8 + 0.50, 'EUR', '2026-01-01T00:00:00Z'::timestamptz + n % 10 * interval '1 day'
             FROM generate_series($2, $3) AS n
             RETURNING id
         )
         INSERT INTO order_items (order_id, position, sku, quantity, unit_price)
         SELECT id, 0, 'ABC-1', 1, 19.99 FROM made",
    )
    .bind(user.uuid())
    .bind(from)
    .bind(to)
    .bind(statuses)
    .execute(pool)
    .await
    .unwrap();
}

/// Returns the ids of all pending orders.
async fn pending(pool: &PgPool) -> BTreeSet<Uuid> {
    let select = sqlx::query_scalar("SELECT id FROM orders WHERE status = 'pending'");
    let ids: Vec<Uuid> = select.fetch_all(pool).await.unwrap();
    ids.into_iter().collect()
}

/// Returns all elements of a list by following its cursors.
async fn follow(service: &Service, session: &Session, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = body_of(get(service, session, &next).await, 200).await;
        found.extend(page["data"].as_array().unwrap().iter().cloned());
        let pagination = &page["pagination"];
        assert_eq!(pagination["hasMore"], pagination["nextCursor"].is_string());
        match pagination["nextCursor"].as_str() {
            Some(cursor) => next = format!("{path}&cursor={cursor}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn all_pages_together_contain_the_list_in_every_sort_order() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    seed(service.orders(), &customer.id).await;
    let key = |order: &Value| {
        let total: f64 = order["total"]["amount"].as_str().unwrap().parse().unwrap();
        (order["createdAt"].as_str().unwrap().to_owned(), total)
    };
    for sort in
        ["", "-createdAt", "total", "%2Btotal", "-total", "-createdAt,%2Btotal", "createdAt,-total", "+createdAt"]
    {
        let sort = if sort.is_empty() { String::new() } else { format!("&sort={sort}") };
        let list = format!("/v1/orders?limit=7{sort}");
        let by_cursor = follow(&service, &customer.session, &list).await;
        let all = body_of(get(&service, &customer.session, &format!("/v1/orders?limit=100{sort}")).await, 200).await;
        assert_eq!(Value::Array(by_cursor.clone()), all["data"], "{sort}");
        assert_eq!(by_cursor.len(), 40);
        let mut by_number = Vec::new();
        for page in 1..=6 {
            let page = body_of(get(&service, &customer.session, &format!("{list}&page={page}")).await, 200).await;
            assert_eq!(page["pagination"]["total"], 40);
            by_number.extend(page["data"].as_array().unwrap().iter().cloned());
        }
        assert_eq!(by_number, by_cursor, "{sort}");
        let keys: Vec<_> = by_cursor.iter().map(key).collect();
        let sorted = match sort.as_str() {
            "" | "&sort=-createdAt" => keys.is_sorted_by(|a, b| a.0 >= b.0),
            "&sort=total" | "&sort=%2Btotal" => keys.is_sorted_by(|a, b| a.1 <= b.1),
            "&sort=-total" => keys.is_sorted_by(|a, b| a.1 >= b.1),
            "&sort=-createdAt,%2Btotal" => keys.is_sorted_by(|a, b| (&b.0, a.1) <= (&a.0, b.1)),
            "&sort=createdAt,-total" => keys.is_sorted_by(|a, b| (&a.0, b.1) <= (&b.0, a.1)),
            _ => keys.is_sorted_by(|a, b| a.0 <= b.0),
        };
        assert!(sorted, "{sort}: {keys:?}");
        service.reset_limits().await;
    }
}

#[tokio::test]
async fn a_sort_order_that_the_contract_does_not_list_is_refused() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    for sort in ["total,createdAt", "total,-createdAt", "createdAt,total", "createdAt,createdAt", "total,total,total"] {
        let response = get(&service, &customer.session, &format!("/v1/orders?sort={sort}")).await;
        assert_eq!(refused(response, 400, "VALIDATION_ERROR").await.fields, ["sort"], "{sort}");
    }
}

#[tokio::test]
async fn a_date_filters_by_its_midnight_in_utc() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    seed(service.orders(), &customer.id).await;
    for moment in ["2026-01-05", "2026-01-05T00:00:00Z", "2026-01-05T02:00:00%2B02:00"] {
        let path = format!("/v1/orders?createdAfter={moment}");
        let page = body_of(get(&service, &customer.session, &path).await, 200).await;
        assert_eq!(page["pagination"]["total"], 20, "{moment}");
    }
    for wrong in ["2026-02-30", "2026-1-5", "today", "2026-01-05T00:00:00"] {
        let response = get(&service, &customer.session, &format!("/v1/orders?createdAfter={wrong}")).await;
        assert_eq!(refused(response, 400, "VALIDATION_ERROR").await.fields, ["createdAfter"], "{wrong}");
    }
}

#[tokio::test]
async fn filters_apply_to_every_page_and_to_the_total() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    seed(service.orders(), &customer.id).await;
    let list = format!("{}?limit=3&status=paid&createdAfter=2026-01-05T00:00:00Z", customer.orders());
    let found = follow(&service, &customer.session, &list).await;
    assert_eq!(found.len(), 6);
    assert!(found.iter().all(|order| order["status"] == "paid"));
    assert!(found.iter().all(|order| order["createdAt"].as_str().unwrap() > "2026-01-05T00:00:00Z"));
    let page = body_of(get(&service, &customer.session, &list).await, 200).await;
    assert_eq!(page["pagination"]["total"], 6);
}

#[tokio::test]
async fn only_the_requested_fields_are_returned() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    seed(service.orders(), &customer.id).await;
    let page = |query: &str| {
        let path = format!("/v1/orders?limit=1&{query}");
        let (service, session) = (&service, &customer.session);
        async move { body_of(get(service, session, &path).await, 200).await["data"][0].take() }
    };
    let names = |order: &Value| order.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&page("fields=id").await), ["id"]);
    assert_eq!(names(&page("fields=status,total&sort=total").await), ["status", "total"]);
    let items = page("fields=items").await;
    assert_eq!(items["items"][0]["sku"], "ABC-1");
    let all_fields = page("").await;
    assert_eq!(all_fields["items"][0]["lineTotal"]["amount"], "19.99");
    assert_eq!(all_fields.as_object().unwrap().len(), 8);
}

#[tokio::test]
async fn users_list_their_orders_and_administrators_all_orders() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let [one, two] =
        [Customer::new(&service, "one@example.com").await, Customer::new(&service, "two@example.com").await];
    for customer in [&one, &two] {
        seed(service.orders(), &customer.id).await;
        known(&service, &json!({ "id": customer.id })).await;
    }
    let total = |session, path: String| {
        let service = &service;
        async move { body_of(get(service, session, &path).await, 200).await["pagination"]["total"].take() }
    };
    assert_eq!(total(&one.session, "/v1/orders".to_owned()).await, 40);
    assert_eq!(total(&one.session, one.orders()).await, 40);
    assert_eq!(total(&admin, "/v1/orders".to_owned()).await, 80);
    assert_eq!(total(&admin, two.orders()).await, 40);
    let unknown_user = "/v1/users/usr_01kf0fv2e0fabr24pa3eywnyp2/orders";
    refused(get(&service, &admin, unknown_user).await, 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_walk_under_concurrent_changes_returns_each_surviving_order_once() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let orders = service.orders();
    service.raise_limits(&["listOrders"]).await;
    for sort in ["", "&sort=total", "&sort=-total", "&sort=-createdAt,%2Btotal"] {
        insert(orders, &customer.id, &["pending"], 1, 300).await;
        let before = pending(orders).await;
        let (mut seen, mut at) = (Vec::new(), String::new());
        // A walk that is longer than this repeats orders.
        for number in (1..500).step_by(5) {
            let path = format!("/v1/orders?status=pending&limit=20{sort}{at}");
            let change = change(orders, &customer.id, number);
            let (page, ()) = tokio::join!(get(&service, &customer.session, &path), change);
            let page = body_of(page, 200).await;
            seen.extend(page["data"].as_array().unwrap().iter().map(id_of));
            let Some(cursor) = page["pagination"]["nextCursor"].as_str() else { break };
            at = format!("&cursor={cursor}");
        }
        let distinct: BTreeSet<Uuid> = seen.iter().copied().collect();
        assert_eq!(distinct.len(), seen.len(), "{sort}: an order occurs twice");
        let after = pending(orders).await;
        let surviving: BTreeSet<Uuid> = before.intersection(&after).copied().collect();
        assert!((150..300).contains(&surviving.len()), "{sort}: {} orders survive", surviving.len());
        let missing: Vec<_> = surviving.difference(&distinct).collect();
        assert!(missing.is_empty(), "{sort}: {missing:?} are missing");
        sqlx::query("DELETE FROM orders").execute(orders).await.unwrap();
    }
}

fn id_of(order: &Value) -> Uuid {
    order["id"].as_str().unwrap().parse::<OrderId>().unwrap().uuid()
}

/// Inserts five pending orders from this number on, and cancels five. No order is ever deleted.
async fn change(pool: &PgPool, user: &str, from: i32) {
    insert(pool, user, &["pending"], from, from + 4).await;
    let cancel = "UPDATE orders SET status = 'cancelled'
                  WHERE id IN (SELECT id FROM orders WHERE status = 'pending' ORDER BY random() LIMIT 5)";
    sqlx::query(cancel).execute(pool).await.unwrap();
}

#[tokio::test]
async fn a_cursor_with_any_changed_bit_is_refused() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    seed(service.orders(), &customer.id).await;
    let list = "/v1/orders?sort=-createdAt,%2Btotal&limit=2";
    refuses_changed_cursors(&service, &customer.session, "listOrders", list).await;
}

#[tokio::test]
async fn a_cursor_is_valid_only_for_its_list() {
    let service = Service::start().await;
    let [one, two] =
        [Customer::new(&service, "one@example.com").await, Customer::new(&service, "two@example.com").await];
    seed(service.orders(), &one.id).await;
    let page = body_of(get(&service, &one.session, "/v1/orders?limit=2&sort=total").await, 200).await;
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    let next = body_of(get(&service, &one.session, &format!("/v1/orders?sort=total&cursor={cursor}")).await, 200).await;
    assert_eq!((&next["pagination"]["page"], &next["pagination"]["limit"]), (&Value::Null, &json!(20)));
    for (session, query) in [
        (&one.session, format!("sort=-total&cursor={cursor}")),
        (&one.session, format!("cursor={cursor}")),
        (&one.session, format!("sort=total&status=paid&cursor={cursor}")),
        (&two.session, format!("sort=total&cursor={cursor}")),
    ] {
        let response = get(&service, session, &format!("/v1/orders?{query}")).await;
        assert_eq!(refused(response, 400, "VALIDATION_ERROR").await.fields, ["cursor"], "{query}");
    }
}

#[tokio::test]
async fn all_violations_of_list_parameters_are_reported_together() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let query = "limit=0&page=-1&status=lost&createdAfter=yesterday&sort=size&fields=id,nothing";
    for path in ["/v1/orders".to_owned(), customer.orders()] {
        let response = get(&service, &customer.session, &format!("{path}?{query}")).await;
        let mut refusal = refused(response, 400, "VALIDATION_ERROR").await;
        refusal.fields.sort_unstable();
        assert_eq!(refusal.fields, ["createdAfter", "fields[1]", "limit", "page", "sort[0]", "status"]);
    }
}

#[tokio::test]
async fn the_items_of_an_order_keep_their_sequence() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let skus = ["XYZ-9", "ABC-1", "RUL-30", "ERA-1", "PEN-2"];
    let items: Vec<_> = skus.iter().map(|sku| json!({ "sku": sku, "quantity": 3 })).collect();
    let order = customer.order(&service, &json!({ "items": items, "currency": "EUR" })).await;
    let order = body_of(order, 201).await;
    let path = format!("/v1/orders/{}/items", order["id"].as_str().unwrap());
    let all = body_of(get(&service, &customer.session, &path).await, 200).await;
    assert_eq!(all["data"], order["items"]);
    assert_eq!(all["pagination"], json!({ "total": 5, "page": 1, "limit": 20, "hasMore": false, "nextCursor": null }));
    let by_cursor = follow(&service, &customer.session, &format!("{path}?limit=2")).await;
    assert_eq!(Value::Array(by_cursor), order["items"]);
    let second = body_of(get(&service, &customer.session, &format!("{path}?limit=2&page=2")).await, 200).await;
    assert_eq!((&second["data"][0], &second["data"][1]), (&order["items"][2], &order["items"][3]));
    let beyond = body_of(get(&service, &customer.session, &format!("{path}?page=7")).await, 200).await;
    assert_eq!((&beyond["data"], &beyond["pagination"]["total"]), (&json!([]), &json!(5)));
    let head = service.call(&customer.session, Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.status(), 200);
}
