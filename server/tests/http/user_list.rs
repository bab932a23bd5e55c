//! Tests of the list of users: pages, sort order, filters and sparse fieldsets.

use std::collections::BTreeSet;

use generated::v1::UserSort;
use http::Method;
use serde_json::{Value, json};
use writ_runtime::{Sort, StringEnum as _};

use crate::cursors::refuses_changed_cursors;
use crate::envelope::refused;
use crate::support::{Service, Session, body_of};

/// Starts a server with the administrator and 40 users, who share five names and eleven creation times.
async fn start() -> (Service, Session) {
    let service = Service::start().await;
    let users = service.users();
    insert(users, 1, 40).await;
    let admin = service.admin().await;
    (service, admin)
}

async fn insert(users: &sqlx::PgPool, from: i32, to: i32) {
    let insert = sqlx::query(
        "INSERT INTO users (id, email, name, role, password_hash, created_at)
         SELECT gen_random_uuid(), 'user' || lpad(n::text, 3, '0') || '@example.com', 'Name ' || n % 5,
                CASE WHEN n % 10 = 0 THEN 'admin' ELSE 'user' END, '', '2026-01-01Z'::timestamptz + make_interval(days => n / 4)
         FROM generate_series($1, $2) AS n",
    );
    insert.bind(from).bind(to).execute(users).await.unwrap();
}

/// Returns the query parameter of a sort order.
fn query(order: &[Sort<UserSort>]) -> String {
    let sign = |key: &Sort<UserSort>| if key.descending { "-" } else { "%2B" };
    let keys: Vec<String> = order.iter().map(|key| format!("{}{}", sign(key), key.by.name())).collect();
    format!("sort={}", keys.join(","))
}

async fn list(service: &Service, admin: &Session, query: &str) -> Value {
    let response = service.call(admin, Method::GET, &format!("/v1/users?{query}")).send().await.unwrap();
    body_of(response, 200).await
}

fn emails(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
}

/// Returns the e-mail addresses of all pages by following the cursors, and checks the pagination of each page.
async fn walk(service: &Service, admin: &Session, query: &str, limit: usize) -> Vec<String> {
    let (mut seen, mut at) = (Vec::new(), String::new());
    loop {
        let page = list(service, admin, &format!("{query}&limit={limit}{at}")).await;
        let pagination = &page["pagination"];
        assert_eq!((&pagination["total"], &pagination["limit"]), (&json!(41), &json!(limit)));
        assert_eq!(pagination["page"], if at.is_empty() { json!(1) } else { Value::Null });
        assert_eq!(pagination["hasMore"], json!(pagination["nextCursor"].is_string()));
        seen.extend(emails(&page));
        match pagination["nextCursor"].as_str() {
            Some(cursor) => at = format!("&cursor={cursor}"),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn all_pages_together_contain_the_list_in_every_sort_order() {
    let (service, admin) = start().await;
    for sort in UserSort::ORDERS.iter().map(|order| query(order)).chain([String::new()]) {
        let sort = sort.as_str();
        let all = emails(&list(&service, &admin, &format!("{sort}&limit=100")).await);
        assert_eq!(all.len(), 41);
        for limit in [7, 41] {
            assert_eq!(walk(&service, &admin, sort, limit).await, all, "{sort}");
        }
        let mut numbered = Vec::new();
        for number in 1..=6 {
            let page = list(&service, &admin, &format!("{sort}&limit=7&page={number}")).await;
            assert_eq!(page["pagination"]["page"], number);
            assert_eq!(page["pagination"]["hasMore"], number < 6);
            numbered.extend(emails(&page));
        }
        assert_eq!(numbered, all, "{sort}");
        service.reset_limits().await;
    }
}

#[tokio::test]
async fn the_list_has_the_requested_sort_order() {
    let (service, admin) = start().await;
    let key = |user: &Value, name: &str| user[name].as_str().unwrap().to_owned();
    let page = list(&service, &admin, "limit=100&sort=-createdAt,+name").await;
    let keys: Vec<_> =
        page["data"].as_array().unwrap().iter().map(|user| (key(user, "createdAt"), key(user, "name"))).collect();
    assert!(keys.windows(2).all(|pair| pair[0].0 > pair[1].0 || (pair[0].0 == pair[1].0 && pair[0].1 <= pair[1].1)));
    let newest_first = list(&service, &admin, "").await;
    let times: Vec<_> = newest_first["data"].as_array().unwrap().iter().map(|user| key(user, "createdAt")).collect();
    assert!(times.is_sorted_by(|one, other| one >= other));
    assert_eq!((times.len(), &newest_first["pagination"]["limit"]), (20, &json!(20)));
}

#[tokio::test]
async fn a_cursor_neither_skips_nor_repeats_users_after_deletions() {
    let (service, admin) = start().await;
    let users = service.users();
    let all = walk(&service, &admin, "sort=email", 50).await;
    let first = list(&service, &admin, "sort=email&limit=10").await;
    sqlx::query("UPDATE users SET deleted_at = now() WHERE email < 'user005'").execute(users).await.unwrap();
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let rest = list(&service, &admin, &format!("sort=email&limit=100&cursor={cursor}")).await;
    assert_eq!(emails(&rest), all[10..]);
}

#[tokio::test]
async fn a_walk_under_concurrent_changes_returns_each_surviving_user_once() {
    let (service, admin) = start().await;
    let users = service.users();
    insert(users, 41, 400).await;
    for (round, sort) in ["", "sort=name", "sort=-email", "sort=-createdAt,%2Bname"].into_iter().enumerate() {
        let (mut seen, mut at) = (Vec::new(), String::new());
        for change_of in (401 + 145 * round..).step_by(5) {
            let query = format!("{sort}&limit=20{at}");
            let (page, ()) = tokio::join!(list(&service, &admin, &query), change(users, change_of));
            seen.extend(emails(&page));
            let Some(cursor) = page["pagination"]["nextCursor"].as_str() else { break };
            at = format!("&cursor={cursor}");
        }
        service.reset_limits().await;
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{sort}: a user occurs twice");
        // Users of the beginning whose number is not divisible by 3 are not deleted.
        for number in (1..=400).filter(|number| number % 3 != 0) {
            let email = format!("user{number:03}@example.com");
            assert!(distinct.contains(&email), "{sort}: {email} is missing");
        }
    }
}

/// Inserts five users from this number on, and deletes up to five whose number is divisible by 3.
async fn change(users: &sqlx::PgPool, from: usize) {
    let from = i32::try_from(from).unwrap();
    insert(users, from, from + 4).await;
    let delete = "UPDATE users SET deleted_at = now()
                  WHERE id IN (SELECT id FROM active_users WHERE email ~ '^user[0-9]+@' AND role = 'user'
                               AND substring(email FROM '[0-9]+')::integer % 3 = 0 ORDER BY random() LIMIT 5)";
    sqlx::query(delete).execute(users).await.unwrap();
}

#[tokio::test]
async fn a_cursor_with_any_changed_bit_is_refused() {
    let (service, admin) = start().await;
    refuses_changed_cursors(&service, &admin, "listUsers", "/v1/users?sort=name&limit=2").await;
}

#[tokio::test]
async fn filters_apply_to_the_page_and_to_the_total() {
    let (service, admin) = start().await;
    for (query, total) in [
        ("role=admin", 5),
        ("role=user", 36),
        ("createdAfter=2026-01-03T00:00:00Z&createdBefore=2026-01-05T00:00:00Z", 4),
        ("createdAfter=2026-01-03T01:00:00%2B01:00&createdBefore=2026-01-05T00:00:00Z&role=user", 4),
        ("createdAfter=2026-01-03&createdBefore=2026-01-05", 4),
        ("createdBefore=2025-01-01T00:00:00Z", 0),
    ] {
        let page = list(&service, &admin, &format!("{query}&limit=3")).await;
        assert_eq!(page["pagination"]["total"], total, "{query}");
        assert_eq!(page["data"].as_array().unwrap().len(), total.min(3), "{query}");
    }
}

#[tokio::test]
async fn only_the_requested_fields_are_returned() {
    let (service, admin) = start().await;
    let page = list(&service, &admin, "sort=email&role=admin&limit=1&fields=email,role").await;
    assert_eq!(page["data"], json!([{ "email": "admin@example.com", "role": "admin" }]));
    assert_eq!(page["pagination"]["total"], 5);
}

#[tokio::test]
async fn a_cursor_is_valid_only_for_its_list() {
    let (service, admin) = start().await;
    let page = list(&service, &admin, "sort=name&role=user&limit=2").await;
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    list(&service, &admin, &format!("sort=name&role=user&limit=5&cursor={cursor}")).await;
    for query in [
        format!("sort=-name&role=user&cursor={cursor}"),
        format!("sort=name&role=admin&cursor={cursor}"),
        format!("sort=name&cursor={cursor}"),
        "cursor=AAAA".to_owned(),
    ] {
        let response = service.call(&admin, Method::GET, &format!("/v1/users?{query}")).send().await.unwrap();
        assert_eq!(refused(response, 400, "VALIDATION_ERROR").await.fields, ["cursor"], "{query}");
    }
}

#[tokio::test]
async fn only_administrators_can_list_users() {
    let service = Service::start().await;
    let (session, _) = service.user("user@example.com").await;
    let response = service.call(&session, Method::GET, "/v1/users").send().await.unwrap();
    refused(response, 403, "FORBIDDEN").await;
}
