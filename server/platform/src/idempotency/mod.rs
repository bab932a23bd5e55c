//! Idempotency keys: a repeated request with the same key has no second effect.
//!
//! The handler of an operation with `x-idempotency` passes its work to `once`, for a service on PostgreSQL, or to
//! [`MemoryRecords::once`], for a service in one process without a database.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use writ_runtime::{Context, KeyConflict, Operation};

use crate::metrics::{self, KeyResult};

pub use memory::MemoryRecords;
#[cfg(feature = "postgres")]
pub(crate) use postgres::EXPIRED;
#[cfg(all(test, feature = "postgres"))]
pub(crate) use postgres::STATEMENTS;
#[cfg(feature = "postgres")]
pub use postgres::once;

/// The time for which an idempotency record is kept if the contract declares no retention.
const RETENTION: Duration = Duration::from_secs(86_400);

/// The maximum length in bytes of the id of a caller in a record.
const MAX_PRINCIPAL: usize = 255;

/// Returns the id of a caller for a record: the id, or a hash of a long one. An external issuer chooses the length of ids,
/// and an index of PostgreSQL limits it.
fn bounded(id: Cow<'_, str>) -> Cow<'_, str> {
    match id.len() <= MAX_PRINCIPAL {
        true => id,
        false => Cow::Owned(format!("sha256:{}", URL_SAFE_NO_PAD.encode(Sha256::digest(&*id)))),
    }
}

/// Returns the time for which the records of an operation are kept.
fn retention(operation: &Operation) -> Duration {
    operation.idempotency.as_ref().map_or(RETENTION, |policy| policy.retention)
}

/// Counts a request with a key.
fn count<P>(cx: &Context<P>, result: KeyResult) {
    metrics::record(|metrics| metrics.observe_key(cx.operation(), result));
}

/// Counts a request with a key that has a record, or conflicts with one.
fn count_known<P, T>(cx: &Context<P>, response: &Result<T, KeyConflict>) {
    count(
        cx,
        match response {
            Ok(_) => KeyResult::Replayed,
            Err(KeyConflict::AnotherRequest | KeyConflict::Unrecorded) => KeyResult::Conflict,
            Err(KeyConflict::StillRunning) => KeyResult::InProgress,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_id_of_a_caller_is_hashed() {
        let long = "a".repeat(10_000);
        assert_eq!(bounded(Cow::Borrowed("ada")), "ada");
        assert!(bounded(Cow::Borrowed(&long)).len() <= MAX_PRINCIPAL);
        assert_ne!(bounded(Cow::Borrowed(&long)), bounded(Cow::Owned(format!("{long}b"))));
    }
}
