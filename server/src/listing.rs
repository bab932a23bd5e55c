//! From rows that were found to a page of the contract.

use generated::v1::BadRequest;
use writ_runtime::{Page, Pagination};

use crate::platform::cursor::BadCursor;
use crate::platform::keyset::Rows;

/// The most elements that a list counts: as many as numbered pages reach, 10 000 pages of 100.
pub const MOST_COUNTED: i64 = 1_000_000;

/// A page whose elements `element` makes of the rows. `total` is what the list counted.
pub fn page<R, T>(rows: Rows<R>, total: i64, element: impl FnMut(R) -> T) -> Page<T> {
    Page {
        data: rows.rows.into_iter().map(element).collect(),
        pagination: Pagination {
            total: u64::try_from(total).ok(),
            page: rows.page,
            limit: rows.limit,
            has_more: rows.has_more,
            next_cursor: rows.next_cursor,
        },
    }
}

impl From<BadCursor> for BadRequest {
    fn from(cursor: BadCursor) -> BadRequest {
        let violation = cursor.violation();
        BadRequest::new("the request is not valid").code("VALIDATION_ERROR").detail(violation.field, violation.message)
    }
}
