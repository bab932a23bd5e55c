//! The task of a job: it runs batches after each interval until the shutdown begins.

use std::sync::Arc;
use std::time::Instant;

use super::{Batch, Job};
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;

/// Starts the task of a job, which runs until the shutdown begins.
pub(crate) fn start(job: Arc<Job>, metrics: Arc<Metrics>, shutdown: Shutdown) {
    metrics.register_job(&job.name);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(job.interval) => {}
                () = shutdown.draining() => break,
            }
            tokio::select! {
                () = run(&job, &metrics) => {}
                () = shutdown.draining() => break,
            }
        }
    });
}

/// Runs batches of a job until nothing is left to do or a batch fails.
async fn run(job: &Job, metrics: &Metrics) {
    loop {
        let started = Instant::now();
        let result = job.run_batch().await;
        metrics.observe_batch(&job.name, result.is_ok(), started.elapsed());
        match result {
            Ok(batch) => {
                if batch == Batch::Done {
                    metrics.job_completed(&job.name);
                    return;
                }
                // A batch that never waits must not keep the thread from other work.
                tokio::task::yield_now().await;
            }
            Err(error) => {
                tracing::warn!(job = job.name, %error, "a job failed: trying again in the next run");
                return;
            }
        }
    }
}
