//! The metrics of jobs.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::Metrics;
use super::catalog::{By, Catalog, Labels, label};

/// The metrics of jobs.
pub(super) struct JobMetrics {
    batches: By<2, Counter>,
    durations: By<1, Histogram>,
    lag: By<1, Gauge>,
    overdue: By<1, Gauge>,
    /// The time at which each job last had nothing left to do; at first the time at which it was started.
    completed: Mutex<BTreeMap<String, Instant>>,
}

impl JobMetrics {
    pub(super) fn new(add: &mut Catalog) -> JobMetrics {
        JobMetrics {
            batches: add.counters("writ_job_batches", "Batches of a job by their result"),
            durations: add.histograms("writ_job_batch_duration_seconds", "Time of a batch of a job"),
            lag: add.gauges("writ_job_lag_seconds", "Time since a job last had nothing left to do"),
            overdue: add.gauges("writ_job_overdue_seconds", "Time for which the oldest work of a job has been due"),
            completed: Mutex::default(),
        }
    }

    /// Sets the lag of every job to the time since it was last completed.
    pub(super) fn measure_lags(&self) {
        for (job, completed) in self.completed().iter() {
            let seconds = i64::try_from(completed.elapsed().as_secs()).unwrap_or(i64::MAX);
            self.lag.get_or_create(&label("job_name", job.clone())).set(seconds);
        }
    }

    fn completed(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.completed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Metrics {
    /// Begins to measure the lag of a job, and creates its counters with the value zero.
    pub fn register_job(&self, job: &str) {
        self.jobs.completed().entry(job.to_owned()).or_insert_with(Instant::now);
        for succeeded in [true, false] {
            drop(self.jobs.batches.get_or_create(&batch_labels(job, succeeded)));
        }
        drop(self.jobs.durations.get_or_create(&label("job_name", job.to_owned())));
    }

    /// Counts a batch of a job and its time.
    pub fn observe_batch(&self, job: &str, succeeded: bool, duration: Duration) {
        self.jobs.batches.get_or_create(&batch_labels(job, succeeded)).inc();
        self.jobs.durations.get_or_create(&label("job_name", job.to_owned())).observe(duration.as_secs_f64());
    }

    /// Sets the time for which the oldest work of a job has been due.
    pub fn set_job_overdue(&self, job: &str, overdue: Duration) {
        let seconds = i64::try_from(overdue.as_secs()).unwrap_or(i64::MAX);
        self.jobs.overdue.get_or_create(&label("job_name", job.to_owned())).set(seconds);
    }

    /// Sets the lag of a job to zero, because it has nothing left to do.
    pub fn job_completed(&self, job: &str) {
        self.jobs.completed().insert(job.to_owned(), Instant::now());
    }
}

fn batch_labels(job: &str, succeeded: bool) -> Labels<2> {
    [("job_name", job.to_owned().into()), ("result", if succeeded { "ok" } else { "failed" }.into())]
}
