//! The check of the plans of the list of products.

use sqlx::PgPool;
use writ_platform::cursor::{Cursors, filter_hash};
use writ_platform::keyset::Paging;
use writ_platform::testing::check_plan;
use writ_runtime::PageRequest;

use super::store::{by_sku, list, page_query};
use crate::plans::pages;

/// Checks the plans of the list of products.
pub async fn check(pool: &PgPool) {
    let cursors = Cursors::new(None);
    let paging = |page: PageRequest| Paging::open(&cursors, by_sku(), filter_hash([]), &page).unwrap();
    let cursor = list(pool, &paging(pages(None).remove(0))).await.unwrap().next_cursor;
    assert!(cursor.is_some());
    for page in pages(cursor) {
        check_plan(pool, page_query(&paging(page.clone())), &format!("the products at {:?}", page.at)).await;
    }
}
