//! The check of the cursors of a list.

use http::Method;
use writ_platform::testing::changed_bits;

use crate::envelope::refused;
use crate::support::{Service, Session, body_of};

/// Checks that a list refuses the cursor of its first page with any changed bit. `path` is the path of the list with a
/// query, and `operation` its operation.
pub async fn refuses_changed_cursors(service: &Service, session: &Session, operation: &str, path: &str) {
    service.raise_limits(&[operation]).await;
    let get = async |path: &str| service.call(session, Method::GET, path).send().await.unwrap();
    let page = body_of(get(path).await, 200).await;
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    body_of(get(&format!("{path}&cursor={cursor}")).await, 200).await;
    for changed in changed_bits(cursor) {
        let refusal = refused(get(&format!("{path}&cursor={changed}")).await, 400, "VALIDATION_ERROR").await;
        assert_eq!(refusal.fields, ["cursor"], "{changed}");
    }
}
