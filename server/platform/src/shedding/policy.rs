//! Load shedding as a policy of a gate.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use http::{StatusCode, header};
use writ_runtime::operation::MediaKind;
use writ_runtime::{Entry, Method, Operation, Problem, Reply};

use super::baseline::Baseline;
use super::limit::AdaptiveLimit;
use crate::gate::{Commands, Policy, Stage, Visit};
use crate::health::is_probe;
use crate::metrics::Metrics;

/// The policy that refuses requests while their class is overloaded. Clones share the limits.
#[derive(Debug, Clone)]
pub(crate) struct LoadShedding(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reads: Class,
    writes: Class,
    metrics: Arc<Metrics>,
}

/// The operations that share a limit.
#[derive(Debug)]
struct Class {
    name: &'static str,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: AdaptiveLimit,
    /// The usual latency of each operation.
    baselines: BTreeMap<&'static str, Baseline>,
}

/// The part of load shedding in one request.
#[derive(Debug)]
pub(crate) struct SheddingVisit {
    shedding: LoadShedding,
    operation: &'static Operation,
    /// The time at which the request was admitted. `None` if it does not run.
    running_since: Option<Instant>,
}

impl LoadShedding {
    pub(crate) fn new(metrics: Arc<Metrics>) -> LoadShedding {
        let now = Instant::now();
        ["reads", "writes"].into_iter().for_each(|class| metrics.add_class(class));
        LoadShedding(Arc::new(Inner { reads: Class::new("reads", now), writes: Class::new("writes", now), metrics }))
    }

    fn class(&self, operation: &Operation) -> &Class {
        match operation.method {
            Method::GET | Method::HEAD => &self.0.reads,
            _ => &self.0.writes,
        }
    }
}

impl Class {
    fn new(name: &'static str, now: Instant) -> Class {
        let state = State { limit: AdaptiveLimit::new(now), baselines: BTreeMap::new() };
        Class { name, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Adds the latency of a request. Returns the limit if it was adapted.
    fn sample(
        &mut self,
        operation: &'static Operation,
        since: Instant,
        now: Instant,
        is_complete: bool,
    ) -> Option<u32> {
        let latency = now.saturating_duration_since(since);
        if !is_complete {
            let is_slow = self.baselines.get(operation.id).is_some_and(|baseline| baseline.is_slow(latency));
            return is_slow.then(|| self.limit.sample(true, now)).flatten();
        }
        let baseline = self.baselines.entry(operation.id).or_insert_with(|| Baseline::new(latency, now));
        let is_slow = baseline.is_slow(latency);
        baseline.add(latency, now);
        self.limit.sample(is_slow, now)
    }
}

/// Returns true if the latency of an operation tells the load of the service. The handler of a multipart or streamed
/// body reads it from the client, who may be slow.
fn is_measurable(operation: &Operation) -> bool {
    let media = operation.body.iter().flat_map(|body| body.media);
    media.into_iter().all(|media| !matches!(media.kind, MediaKind::Multipart | MediaKind::Stream))
}

impl<P: Sync> Policy<P> for LoadShedding {
    type Visit = SheddingVisit;
    const STAGE: Stage = Stage::Handler;

    fn visit(&self, entry: &Entry<'_, P>, _: &mut Commands) -> Option<SheddingVisit> {
        let operation = entry.call.operation;
        let visit = || SheddingVisit { shedding: self.clone(), operation, running_since: None };
        (!is_probe(operation) && is_measurable(operation)).then(visit)
    }
}

impl<P: Sync> Visit<P> for SheddingVisit {
    fn begin(&mut self, _: &Entry<'_, P>) -> Result<(), Problem> {
        let class = self.shedding.class(self.operation);
        if class.lock().limit.enter() {
            self.running_since = Some(Instant::now());
            return Ok(());
        }
        self.shedding.0.metrics.observe_shed(class.name);
        let message = "the service is overloaded; try again later";
        Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(header::RETRY_AFTER, 1))
    }

    async fn leave(&mut self, _: &Entry<'_, P>, _: &mut Reply) {
        self.end(true);
    }
}

impl SheddingVisit {
    /// Ends a running request and adds its latency. A request whose handler was cancelled only counts if it was slow.
    fn end(&mut self, is_complete: bool) {
        let Some(since) = self.running_since.take() else { return };
        let class = self.shedding.class(self.operation);
        let mut state = class.lock();
        state.limit.leave();
        let adapted = state.sample(self.operation, since, Instant::now(), is_complete);
        drop(state);
        if let Some(limit) = adapted {
            self.shedding.0.metrics.set_concurrency_limit(class.name, limit);
        }
    }
}

/// A request that ends without a response, because the client disconnected or a time limit elapsed, gives its place
/// back.
impl Drop for SheddingVisit {
    fn drop(&mut self) {
        self.end(false);
    }
}
