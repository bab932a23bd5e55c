//! Idempotency keys: a repeated request with the same key has no second effect.
//!
//! The handler of an operation with `x-idempotency` passes its work to `once`, for a service on PostgreSQL, or to
//! [`MemoryRecords::once`], for a service in one process without a database.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;

use std::time::Duration;

use writ_runtime::Operation;

pub use memory::MemoryRecords;
#[cfg(feature = "postgres")]
pub(crate) use postgres::EXPIRED;
#[cfg(all(test, feature = "postgres"))]
pub(crate) use postgres::STATEMENTS;
#[cfg(feature = "postgres")]
pub use postgres::once;

/// The time for which an idempotency record is kept if the contract declares no retention.
const RETENTION: Duration = Duration::from_secs(86_400);

/// Returns the time for which the records of an operation are kept.
fn retention(operation: &Operation) -> Duration {
    operation.idempotency.as_ref().map_or(RETENTION, |policy| policy.retention)
}
