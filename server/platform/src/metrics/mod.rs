//! The metrics of the process in the OpenMetrics text format: requests by operation, stores, policies, jobs and logs.
//!
//! Names and labels of requests and connections follow the semantic conventions of OpenTelemetry, as Prometheus writes
//! them. All other metrics begin with `writ_`. `docs/operations.md` of the repository lists them.

#[cfg(feature = "calls")]
mod calls;
mod catalog;
mod connections;
mod current;
mod endpoint;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod events;
mod jobs;
mod requests;
#[cfg(feature = "webhooks")]
mod webhooks;

use std::fmt;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use writ_runtime::Operation;

#[cfg(feature = "calls")]
use calls::CallMetrics;
#[cfg(feature = "calls")]
pub(crate) use calls::{BreakerState, RetryResult, ServerAddress};
use catalog::{By, Catalog, Labels, label, label_pair};
use connections::ConnectionMetrics;
pub(crate) use connections::PortConnections;
#[cfg(all(feature = "postgres", feature = "redis"))]
pub(crate) use events::Consumption;
#[cfg(all(feature = "postgres", feature = "redis"))]
use events::EventMetrics;
use jobs::JobMetrics;
use requests::RequestMetrics;
#[cfg(feature = "webhooks")]
use webhooks::WebhookMetrics;

pub(crate) use current::{inherited, record, within};
pub use endpoint::router;
pub(crate) use requests::{ActiveRequest, method_label};

/// The upper bounds of the buckets of durations, in seconds: those that OpenTelemetry advises for HTTP, and two below
/// them, because a cached response takes less than a millisecond.
const SECONDS: [f64; 16] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The name of a service in its metrics and traces if nothing names it, as OpenTelemetry defines it.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// The metrics of this process. Every one has the label `service_name`.
///
/// The labels name the operations of the contract instead of paths, so that their number is limited.
#[cfg_attr(
    not(all(feature = "passwords", feature = "postgres", feature = "redis")),
    expect(dead_code, reason = "parts behind features record some of the metrics")
)]
pub struct Metrics {
    catalog: Catalog,
    requests: RequestMetrics,
    clients: ConnectionMetrics,
    jobs: JobMetrics,
    #[cfg(feature = "calls")]
    calls: CallMetrics,
    #[cfg(all(feature = "postgres", feature = "redis"))]
    events: EventMetrics,
    breaches: By<1, Counter>,
    cache_lookups: By<2, Counter>,
    cache_entries: By<0, Gauge>,
    cache_bytes: By<0, Gauge>,
    pending_invalidations: By<0, Gauge>,
    limited: By<1, Counter>,
    idempotency: By<2, Counter>,
    outages: By<1, Counter>,
    overrides: By<0, Gauge>,
    switched_off: By<1, Counter>,
    shed: By<1, Counter>,
    concurrency_limit: By<1, Gauge>,
    connections: By<2, Gauge>,
    max_connections: By<1, Gauge>,
    store_calls: By<2, Histogram, fn() -> Histogram>,
    password_hashes: By<1, Counter>,
    log_lines_dropped: By<0, Counter>,
    alive_tasks: By<0, Gauge>,
    trace_exports: By<1, Counter>,
    #[cfg(feature = "webhooks")]
    webhooks: WebhookMetrics,
    samplers: Mutex<Vec<Sampler>>,
}

/// A function that sets gauges.
type Sampler = Box<dyn Fn(&Metrics) + Send + Sync>;

/// The result of a lookup in the cache of responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheResult {
    /// The cache had a valid response.
    Hit,
    /// The cache had no valid response.
    Miss,
    /// The cache could not be used.
    Bypass,
}

/// The result of a request with an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyResult {
    /// The key was new: the effect and its record were written.
    Recorded,
    /// The request was a retry: the caller received the recorded response.
    Replayed,
    /// The key belongs to another request.
    Conflict,
    /// The first request with the key was still running.
    InProgress,
}

/// The cause of a temporary failure of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutageCause {
    /// No connection of the pool became free in time.
    PoolTimeout,
    /// The connection failed, or the database refused it.
    Connection,
    /// The database cancelled a statement, because it took too long or waited too long for a lock.
    Statement,
}

impl CacheResult {
    const ALL: [CacheResult; 3] = [CacheResult::Hit, CacheResult::Miss, CacheResult::Bypass];

    fn label(self) -> &'static str {
        match self {
            CacheResult::Hit => "hit",
            CacheResult::Miss => "miss",
            CacheResult::Bypass => "bypass",
        }
    }
}

impl KeyResult {
    const ALL: [KeyResult; 4] = [KeyResult::Recorded, KeyResult::Replayed, KeyResult::Conflict, KeyResult::InProgress];

    fn label(self) -> &'static str {
        match self {
            KeyResult::Recorded => "recorded",
            KeyResult::Replayed => "replayed",
            KeyResult::Conflict => "conflict",
            KeyResult::InProgress => "in_progress",
        }
    }
}

impl OutageCause {
    const ALL: [OutageCause; 3] = [OutageCause::PoolTimeout, OutageCause::Connection, OutageCause::Statement];

    fn label(self) -> &'static str {
        match self {
            OutageCause::PoolTimeout => "pool_timeout",
            OutageCause::Connection => "connection",
            OutageCause::Statement => "statement",
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("names", &self.catalog.names()).finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new(UNKNOWN_SERVICE)
    }
}

impl Metrics {
    /// Creates the metrics of a service. `service` is the value of the label `service_name`.
    pub fn new(service: &str) -> Metrics {
        let mut add = Catalog::new(service);
        let metrics = Metrics {
            requests: RequestMetrics::new(&mut add),
            clients: ConnectionMetrics::new(&mut add),
            jobs: JobMetrics::new(&mut add),
            #[cfg(feature = "calls")]
            calls: CallMetrics::new(&mut add),
            #[cfg(all(feature = "postgres", feature = "redis"))]
            events: EventMetrics::new(&mut add),
            breaches: add.counters("writ_response_breaches", "Checked responses that break the contract"),
            cache_lookups: add.counters("writ_cache_lookups", "Lookups of cached responses by their result"),
            cache_entries: add.gauges("writ_cache_entries", "Cached responses in the memory of the process"),
            cache_bytes: add.gauges("writ_cache_bytes", "Size of the cached responses in the memory of the process"),
            pending_invalidations: add
                .gauges("writ_cache_pending_invalidations", "Cache tags whose invalidation Redis has not confirmed"),
            limited: add.counters("writ_rate_limited_requests", "Requests that were refused by a rate limit"),
            idempotency: add.counters("writ_idempotency_keys", "Requests with an idempotency key by their result"),
            outages: add.counters("writ_database_outages", "Requests that failed because of a database, by cause"),
            overrides: add.gauges("writ_policy_overrides", "Policies that operators have set and that have not ended"),
            switched_off: add
                .counters("writ_policy_refused_requests", "Requests for operations that an operator switched off"),
            shed: add.counters("writ_shed_requests", "Requests that were refused because of overload"),
            concurrency_limit: add.gauges("writ_concurrency_limit", "Largest number of requests that run at once"),
            connections: add.gauges("db_client_connection_count", "Connections of a pool by their state"),
            max_connections: add.gauges("db_client_connection_max", "Largest number of connections of a pool"),
            store_calls: add.histograms(
                "db_client_operation_duration_seconds",
                "Time of a round trip to Redis on behalf of a request",
            ),
            password_hashes: add.counters(
                "writ_password_hashes",
                "Password hashes that were computed, or refused because too many wait",
            ),
            log_lines_dropped: add
                .counters("writ_log_lines_dropped", "Log lines that were dropped because nothing read them in time"),
            alive_tasks: add.gauges("writ_alive_tasks", "Tasks of the process that have not ended"),
            trace_exports: add.counters("writ_trace_exports", "Batches of spans sent to the collector, by result"),
            #[cfg(feature = "webhooks")]
            webhooks: WebhookMetrics::new(&mut add),
            catalog: add,
            samplers: Mutex::default(),
        };
        drop(metrics.log_lines_dropped.get_or_create(&[]));
        drop(metrics.overrides.get_or_create(&[]));
        for result in ["ok", "failed"] {
            drop(metrics.trace_exports.get_or_create(&label("result", result)));
        }
        #[cfg(feature = "passwords")]
        for result in ["computed", "refused"] {
            drop(metrics.password_hashes.get_or_create(&label("result", result)));
        }
        for cause in OutageCause::ALL {
            drop(metrics.outages.get_or_create(&label("cause", cause.label())));
        }
        metrics
    }

    /// Creates the counters of operations with the value zero, so that the first event of each is an increase too.
    pub(crate) fn add_operations(&self, operations: &[&'static Operation]) {
        for operation in operations {
            drop(self.breaches.get_or_create(&label("operation", operation.id)));
            drop(self.switched_off.get_or_create(&label("operation", operation.id)));
            if !operation.rate_limits.is_empty() {
                drop(self.limited.get_or_create(&label("operation", operation.id)));
            }
            if operation.cache.is_some() {
                for result in CacheResult::ALL {
                    drop(self.cache_lookups.get_or_create(&with_result(operation, result.label())));
                }
            }
            if operation.idempotency.is_some() {
                for result in KeyResult::ALL {
                    drop(self.idempotency.get_or_create(&with_result(operation, result.label())));
                }
            }
        }
    }

    /// Counts a response that breaks the contract.
    pub fn observe_breach(&self, operation: &'static str) {
        self.breaches.get_or_create(&label("operation", operation)).inc();
    }

    /// Counts a lookup in the cache of responses.
    pub(crate) fn observe_lookup(&self, operation: &'static Operation, result: CacheResult) {
        self.cache_lookups.get_or_create(&with_result(operation, result.label())).inc();
    }

    /// Sets the number of tags whose invalidation is pending.
    pub(crate) fn set_pending_invalidations(&self, count: usize) {
        self.pending_invalidations.get_or_create(&[]).set(gauge(count as u64));
    }

    /// Sets the number of cached responses in memory and their size in bytes.
    pub(crate) fn set_cache_size(&self, entries: u64, bytes: u64) {
        self.cache_entries.get_or_create(&[]).set(gauge(entries));
        self.cache_bytes.get_or_create(&[]).set(gauge(bytes));
    }

    /// Counts a request that a rate limit refuses.
    pub(crate) fn observe_limited(&self, operation: &'static Operation) {
        self.limited.get_or_create(&label("operation", operation.id)).inc();
    }

    /// Counts a request with an idempotency key.
    pub(crate) fn observe_key(&self, operation: &'static Operation, result: KeyResult) {
        self.idempotency.get_or_create(&with_result(operation, result.label())).inc();
    }

    /// Counts a request that failed because of a temporary failure of a database.
    #[cfg(feature = "postgres")]
    pub(crate) fn observe_outage(&self, cause: OutageCause) {
        self.outages.get_or_create(&label("cause", cause.label())).inc();
    }

    /// Counts a request that is refused because an operator has switched its operation off.
    pub(crate) fn observe_switched_off(&self, operation: &'static Operation) {
        self.switched_off.get_or_create(&label("operation", operation.id)).inc();
    }

    /// Sets the number of policies that operators have set.
    pub(crate) fn set_overrides(&self, count: usize) {
        self.overrides.get_or_create(&[]).set(gauge(count as u64));
    }

    /// Creates the counter of a class of requests with the value zero.
    pub(crate) fn add_class(&self, class: &'static str) {
        drop(self.shed.get_or_create(&label("class", class)));
    }

    /// Counts a request that is refused because of overload.
    pub fn observe_shed(&self, class: &'static str) {
        self.shed.get_or_create(&label("class", class)).inc();
    }

    /// Sets the largest number of requests of a class that run at the same time.
    pub fn set_concurrency_limit(&self, class: &'static str, limit: u32) {
        self.concurrency_limit.get_or_create(&label("class", class)).set(i64::from(limit));
    }

    /// Sets the numbers of connections of a pool: in use, idle, and the largest number of both.
    #[cfg(feature = "postgres")]
    pub(crate) fn set_connections(&self, pool: &'static str, used: u64, idle: u64, max: u64) {
        const POOL: &str = "db_client_connection_pool_name";
        for (state, count) in [("used", used), ("idle", idle)] {
            let labels = label_pair((POOL, pool), ("db_client_connection_state", state));
            self.connections.get_or_create(&labels).set(gauge(count));
        }
        self.max_connections.get_or_create(&label(POOL, pool)).set(gauge(max));
    }

    /// Counts a password hash that is `computed` or `refused`.
    #[cfg(feature = "passwords")]
    pub(crate) fn observe_password_hash(&self, result: &'static str) {
        self.password_hashes.get_or_create(&label("result", result)).inc();
    }

    /// Adds a round trip to a store. `error` is the kind of its failure, or empty; `unavailable` is one that was not made,
    /// because the store was unavailable.
    #[cfg(feature = "redis")]
    pub(crate) fn observe_store_call(&self, system: &'static str, error: &'static str, duration: std::time::Duration) {
        let labels = label_pair(("db_system_name", system), ("error_type", error));
        self.store_calls.get_or_create(&labels).observe(duration.as_secs_f64());
    }

    /// Sets the number of log lines that were dropped since the start of the process.
    pub(crate) fn set_dropped_log_lines(&self, dropped: u64) {
        let counter = self.log_lines_dropped.get_or_create(&[]);
        counter.inc_by(dropped.saturating_sub(counter.get()));
    }

    /// Sets the number of tasks that have not ended.
    pub(crate) fn set_alive_tasks(&self, count: usize) {
        self.alive_tasks.get_or_create(&[]).set(gauge(count as u64));
    }

    /// Counts a batch of spans that was sent to the collector, or could not be sent.
    #[cfg(feature = "otlp")]
    pub(crate) fn observe_trace_export(&self, succeeded: bool) {
        self.trace_exports.get_or_create(&label("result", if succeeded { "ok" } else { "failed" })).inc();
    }

    /// Adds a function that sets gauges. It runs before each rendering of the metrics.
    pub(crate) fn sample(&self, sampler: impl Fn(&Metrics) + Send + Sync + 'static) {
        self.samplers.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(sampler));
    }

    /// Returns the names of all metrics, as the text format has them.
    pub fn names(&self) -> Vec<&'static str> {
        self.catalog.names()
    }

    /// Returns all metrics in the OpenMetrics text format.
    ///
    /// # Errors
    /// Returns an error if formatting fails. Writing to a string cannot fail, so this does not happen in
    /// practice.
    pub fn render(&self) -> Result<String, fmt::Error> {
        self.jobs.measure_lags();
        self.samplers.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|sample| sample(self));
        let mut out = String::new();
        text::encode(&mut out, &self.catalog.registry)?;
        Ok(out)
    }
}

/// Returns the labels of a result of an operation.
fn with_result(operation: &'static Operation, result: &'static str) -> Labels<2> {
    label_pair(("operation", operation.id), ("result", result))
}

/// Converts a count into the value of a gauge.
fn gauge(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
