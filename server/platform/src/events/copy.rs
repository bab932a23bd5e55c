//! Copies of the data of other services, from which operations may respond while the owner of the data is unavailable.

use std::time::Duration;

use writ_runtime::{Operation, Unavailable};

use super::ConsumerProgress;

/// A copy of data of another service, which a consumer of events keeps in the database of this service.
///
/// An operation may respond from the copy if the contract says so (`x-local-copy: { visitors: 10m }`):
///
/// ```no_run
/// # use writ_platform::events::{ConsumerProgress, DataCopy};
/// # use writ_runtime::{Operation, Unavailable};
/// # async fn example(
/// #     progress: ConsumerProgress, operation: &Operation, failure: Unavailable
/// # ) -> Result<(), Unavailable> {
/// let copy = DataCopy::new("visitors", "visitors", progress);
/// // A call of the service has failed.
/// let age = copy.instead_of(operation, failure).await?;
/// // The handler reads the copy, and sends `age.seconds()` in the header `X-Copy-Age`.
/// # let _ = age.seconds();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DataCopy {
    service: &'static str,
    outbox: &'static str,
    progress: ConsumerProgress,
}

/// The age of a copy that is recent enough for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyAge(Duration);

impl DataCopy {
    /// Creates the copy that a consumer keeps of the data of `service`. The events are in the outbox of the database schema
    /// `outbox`, and `progress` is that of the consumer.
    pub fn new(service: &'static str, outbox: &'static str, progress: ConsumerProgress) -> DataCopy {
        DataCopy { service, outbox, progress }
    }

    /// Returns the age of the copy if `operation` may respond from it after a call of the service has failed.
    ///
    /// # Errors
    /// Returns the failure of the call if the contract does not permit a copy, or if the copy is older than it permits.
    pub async fn instead_of(&self, operation: &Operation, failure: Unavailable) -> Result<CopyAge, Unavailable> {
        let Some(permitted) = operation.local_copy(self.service) else { return Err(failure) };
        match self.progress.lag(self.outbox).await {
            Ok(Some(age)) if age <= permitted.max_age => Ok(CopyAge(age)),
            Ok(age) => {
                let (service, operation) = (self.service, operation.id);
                tracing::debug!(service, operation, ?age, "the copy is too old for the operation");
                Err(failure)
            }
            Err(error) => {
                tracing::warn!(service = self.service, %error, "the age of a copy is not known");
                Err(failure)
            }
        }
    }
}

impl CopyAge {
    /// Returns the age in seconds, rounded up, for the header `X-Copy-Age`.
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)).unwrap_or(i64::MAX)
    }
}
