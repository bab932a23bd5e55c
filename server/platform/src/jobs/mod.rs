//! Jobs: work that a service repeats in the background, in batches.

#[cfg(feature = "postgres")]
mod purge;
mod run;

use std::fmt;
use std::future::Future;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::BoxError;

#[cfg(feature = "postgres")]
pub use purge::Expired;
pub(crate) use run::run;

/// The default time limit of one batch of a job.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The result of one batch of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// Nothing is left to do until the next run of the job.
    Done,
    /// More may be left, so the next batch follows at once.
    More,
}

/// Work that a service repeats in the background until the shutdown begins.
///
/// Each job has a task and a time limit of its own. So a job that fails, hangs or panics does not stop another one, and
/// it runs again after its interval. Several processes run the same jobs, so a batch must tolerate that another process
/// does the same work.
///
/// ```
/// use std::time::Duration;
/// use writ_platform::jobs::{Batch, Job};
///
/// let job = Job::new("refresh prices", Duration::from_secs(600), async || {
///     // Fetch the prices here.
///     Ok(Batch::Done)
/// });
/// let job = job.timeout(Duration::from_secs(10));
/// ```
///
/// A run of a job ends after its interval at the latest, so that a long backlog leaves the database time for requests.
///
/// The metrics `writ_job_batches_total`, `writ_job_lag_seconds` and, if the job measures it, `writ_job_overdue_seconds`
/// report each job by its name.
pub struct Job {
    name: String,
    interval: Duration,
    timeout: Duration,
    work: Work<Batch>,
    overdue: Option<Work<Duration>>,
}

/// Asynchronous work that a job repeats.
type Work<T> = Box<dyn Fn() -> BoxFuture<'static, Result<T, BoxError>> + Send + Sync>;

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Job { name, interval, timeout, .. } = self;
        f.debug_struct("Job").field("name", name).field("interval", interval).field("timeout", timeout).finish()
    }
}

impl Job {
    /// Creates a job that runs a batch of `work` after each interval, and more batches as long as it returns
    /// [`Batch::More`].
    pub fn new<F, R>(name: impl Into<String>, interval: Duration, work: F) -> Job
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<Batch, BoxError>> + Send + 'static,
    {
        Job { name: name.into(), interval, timeout: TIMEOUT, work: Box::new(move || work().boxed()), overdue: None }
    }

    /// Adds a measurement of the backlog: the time for which the oldest work that is left has been due. It runs after each
    /// run of the job, within 5 seconds.
    pub fn overdue<F, R>(self, measure: F) -> Job
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<Duration, BoxError>> + Send + 'static,
    {
        Job { overdue: Some(Box::new(move || measure().boxed())), ..self }
    }

    /// Sets the time limit of one batch. The default is a minute.
    pub fn timeout(self, timeout: Duration) -> Job {
        Job { timeout, ..self }
    }

    /// Runs one batch within the time limit. A panic of the batch is an error.
    ///
    /// # Errors
    /// Returns the error of the work, or a description of the timeout or panic.
    pub async fn run_batch(&self) -> Result<Batch, BoxError> {
        let work = std::panic::AssertUnwindSafe((self.work)()).catch_unwind();
        match tokio::time::timeout(self.timeout, work).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err("the batch panicked".into()),
            Err(_) => Err("the batch exceeded its time limit".into()),
        }
    }
}

#[cfg(test)]
mod tests;
