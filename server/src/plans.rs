//! The check that an index serves each list of the contract, in every sort order and with every filter that it allows.

use generated::latest::operations;
use writ_platform::testing::TestDatabase;
use writ_runtime::{PageAt, PageRequest};

/// Returns the requests for a page by number, for a later page, and for the page after a cursor, if there is one.
pub(crate) fn pages(cursor: Option<String>) -> Vec<PageRequest> {
    let at = [PageAt::Number(1), PageAt::Number(3)].into_iter().chain(cursor.map(PageAt::Cursor));
    at.map(|at| PageRequest { limit: 20, at }).collect()
}

#[tokio::test]
async fn an_index_serves_every_list_in_every_sort_order_and_filter() {
    let users = TestDatabase::migrated(&crate::USERS).await;
    let orders = TestDatabase::migrated(&crate::ORDERS).await;
    crate::users::plans::fill(&users).await;
    crate::orders::plans::fill(&orders).await;
    let is_list =
        |operation: &&&writ_runtime::Operation| operation.parameters.iter().any(|parameter| parameter.name == "cursor");
    let mut lists = 0;
    for operation in operations::ALL.iter().filter(is_list) {
        lists += 1;
        match operation.id {
            "listUsers" => crate::users::plans::check(&users.pool).await,
            // Both lists have one query, with and without the filter by owner.
            "listOrders" => crate::orders::plans::check(&orders.pool, None).await,
            "listUserOrders" => crate::orders::plans::check(&orders.pool, Some(crate::orders::plans::OWNER)).await,
            "listOrderItems" => crate::orders::plans::check_items(&orders.pool).await,
            "listProducts" => crate::products::plans::check(&orders.pool).await,
            other => panic!("the plans of `{other}` have no check"),
        }
    }
    assert_eq!(lists, 5);
}
