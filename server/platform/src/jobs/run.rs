//! The task of a job: it runs batches after each interval until the shutdown begins.

use std::sync::Arc;

use super::{Batch, Job};
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;

/// Runs a job until the shutdown begins.
pub(crate) async fn run(job: Arc<Job>, metrics: Arc<Metrics>, shutdown: Shutdown) {
    metrics.register_job(&job.name);
    let runs = async {
        loop {
            tokio::time::sleep(job.interval).await;
            run_once(&job, &metrics).await;
        }
    };
    tokio::select! {
        () = runs => {}
        () = shutdown.draining() => {}
    }
}

/// Runs batches of a job until nothing is left to do or a batch fails.
async fn run_once(job: &Job, metrics: &Metrics) {
    loop {
        match job.run_batch().await {
            Ok(batch) => {
                metrics.observe_batch(&job.name, true);
                if batch == Batch::Done {
                    metrics.job_completed(&job.name);
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
