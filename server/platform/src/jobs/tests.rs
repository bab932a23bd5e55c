//! Tests of jobs: batches, failures and the shutdown.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;
use crate::testing::SOON;

const TICK: Duration = Duration::from_millis(10);

/// Starts a job and returns the number of its batches, which counts up while it runs.
fn counted(
    work: impl Fn(usize) -> Result<Batch, BoxError> + Send + Sync + 'static,
    metrics: &Arc<Metrics>,
    shutdown: &Shutdown,
) -> Arc<AtomicUsize> {
    let batches = Arc::new(AtomicUsize::new(0));
    let (count, work) = (batches.clone(), Arc::new(work));
    let job = Job::new("test", TICK, move || {
        let (batch, work) = (count.fetch_add(1, Ordering::SeqCst), work.clone());
        async move { work(batch) }
    });
    tokio::spawn(run(Arc::new(job), metrics.clone(), shutdown.clone()));
    batches
}

/// Waits until a job has run this number of batches.
async fn reached(batches: &AtomicUsize, count: usize) {
    let started = std::time::Instant::now();
    while batches.load(Ordering::SeqCst) < count {
        assert!(started.elapsed() < SOON, "the job has run {} batches", batches.load(Ordering::SeqCst));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn batches_follow_at_once_as_long_as_more_is_left() {
    let (metrics, shutdown) = (Arc::default(), Shutdown::default());
    let work = |batch| Ok(if batch % 50 == 49 { Batch::Done } else { Batch::More });
    let batches = counted(work, &metrics, &shutdown);
    reached(&batches, 50).await;
    let text = metrics.render().unwrap();
    assert!(text.contains(r#"job_name="test",result="failed"} 0"#), "{text}");
    assert!(!text.contains(r#"job_name="test",result="ok"} 0"#), "{text}");
    assert!(text.contains(r#"writ_job_lag_seconds{service_name="unknown_service",job_name="test"} 0"#), "{text}");
}

#[tokio::test]
async fn a_job_that_fails_or_panics_runs_again_and_stops_no_other_job() {
    let (metrics, shutdown) = (Arc::default(), Shutdown::default());
    let failing = counted(|_| Err("no".into()), &metrics, &shutdown);
    let panicking = counted(|_| panic!("no"), &metrics, &shutdown);
    let working = counted(|_| Ok(Batch::Done), &metrics, &shutdown);
    for batches in [failing, panicking, working] {
        reached(&batches, 2).await;
    }
    assert!(!metrics.render().unwrap().contains(r#"job_name="test",result="failed"} 0"#));
}

#[tokio::test]
async fn a_batch_that_hangs_is_cancelled() {
    let job = Job::new("test", TICK, async || std::future::pending().await).timeout(TICK);
    assert_eq!(job.run_batch().await.unwrap_err().to_string(), "the batch exceeded its time limit");
}

#[tokio::test]
async fn a_job_stops_when_the_shutdown_begins() {
    let (metrics, shutdown) = (Arc::default(), Shutdown::default());
    let batches = counted(|_| Ok(Batch::More), &metrics, &shutdown);
    reached(&batches, 1).await;
    shutdown.drain();
    tokio::time::sleep(TICK).await;
    let stopped = batches.load(Ordering::SeqCst);
    tokio::time::sleep(TICK * 5).await;
    assert_eq!(batches.load(Ordering::SeqCst), stopped);
}

#[tokio::test]
async fn a_run_with_endless_work_ends_after_the_interval_of_the_job() {
    let metrics = Metrics::default();
    let job = Job::new("test", TICK, async || Ok(Batch::More));
    tokio::time::timeout(SOON, run::run_once(&job, &metrics)).await.unwrap();
}

#[tokio::test]
async fn a_measurement_that_hangs_or_fails_ends() {
    let metrics = Metrics::default();
    tokio::time::pause();
    let job = || Job::new("test", TICK, async || Ok(Batch::Done));
    run::measure(&job().overdue(async || std::future::pending().await), &metrics).await;
    run::measure(&job().overdue(async || Err("no".into())), &metrics).await;
    assert!(!metrics.render().unwrap().contains("overdue_seconds{"), "{}", metrics.render().unwrap());
}
