//! The task of a job: it runs batches after each interval until the shutdown begins.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Batch, Job};
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;

/// The time limit of the measurement of a backlog.
const MEASURE_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs a job until the shutdown begins.
pub(crate) async fn run(job: Arc<Job>, metrics: Arc<Metrics>, shutdown: Shutdown) {
    metrics.register_job(&job.name);
    let runs = async {
        loop {
            tokio::time::sleep(job.interval).await;
            run_once(&job, &metrics).await;
            measure(&job, &metrics).await;
        }
    };
    tokio::select! {
        () = runs => {}
        () = shutdown.draining() => {}
    }
}

/// Runs batches of a job until nothing is left to do, a batch fails or the run has taken the interval of the job.
pub(super) async fn run_once(job: &Job, metrics: &Metrics) {
    let started = Instant::now();
    loop {
        match job.run_batch().await {
            Ok(batch) => {
                metrics.observe_batch(&job.name, true);
                if batch == Batch::Done {
                    metrics.job_completed(&job.name);
                    return;
                }
                if started.elapsed() >= job.interval {
                    tracing::info!(job = job.name, "more work is left: continuing in the next run");
                    return;
                }
                // A batch that never waits must not keep the thread from other work.
                tokio::task::yield_now().await;
            }
            Err(error) => {
                metrics.observe_batch(&job.name, false);
                tracing::warn!(job = job.name, %error, "a job failed: trying again in the next run");
                return;
            }
        }
    }
}

/// Measures the backlog of a job that can tell it.
pub(super) async fn measure(job: &Job, metrics: &Metrics) {
    let Some(overdue) = &job.overdue else { return };
    match tokio::time::timeout(MEASURE_TIMEOUT, overdue()).await {
        Ok(Ok(overdue)) => metrics.set_job_overdue(&job.name, overdue),
        Ok(Err(error)) => tracing::warn!(job = job.name, %error, "cannot measure the backlog of a job"),
        Err(_) => tracing::warn!(job = job.name, "cannot measure the backlog of a job within its time limit"),
    }
}
