//! The platform of a service: it starts the parts that the service asked for, and serves the service's router.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
#[cfg(feature = "postgres")]
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use writ_runtime::{Breach, BreachObserver, EnvelopeCell, Operation, ResponseChecks, ServeOptions};

use crate::BoxError;
use crate::around;
use crate::builder::{Step, Work};
use crate::cache::Caches;
use crate::config::{Config, ResponseCheckConfig, Timeouts};
use crate::gate::PolicyGate;
use crate::health::{self, Health};
use crate::jobs::{self, Job};
use crate::metrics::{self, Metrics};
use crate::overrides::{self, Board, Overrides};
use crate::principal::Principal;
use crate::serve;
use crate::shedding::LoadShedding;
use crate::shutdown::{self, HardLimit, Shutdown};
use crate::store::Store;
use crate::tasks;
use crate::telemetry;

/// The longest time for the work after the last response: the end of tasks, and closing the connections to stores.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time that the steps of the shutdown can take beyond their own limits.
const MARGIN: Duration = Duration::from_secs(3);

/// The platform of a service, as its [`Builder`](crate::Builder) has completed it. Clones share all resources.
///
/// [`run`](crate::run) uses it for a [`Service`](crate::Service). A program that does not is written so:
///
/// ```no_run
/// use axum::Router;
/// use writ_platform::config::Source;
/// use writ_platform::{Builder, Platform};
///
/// async fn run() -> Result<(), Box<dyn std::error::Error>> {
///     let mut builder = Builder::new(Source::from_environment("MUSEUM_")?);
///     let cursors = builder.cursors();
///     let platform = builder.build()?;
///     // The router of a generated `Api`, with services that have the parts.
///     let app = Router::new();
///     platform.run(app).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Platform(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) shutdown: Shutdown,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Health,
    /// The error envelope of the contract, once its router exists.
    pub(crate) envelope: EnvelopeCell,
    /// The name of the service, as its prefix of variables has it.
    pub(crate) service_name: String,
    /// The place of the API keys that the service accepts.
    pub(crate) key_source: Option<crate::credentials::KeySource>,
    /// The consumers of events.
    #[cfg(all(feature = "postgres", feature = "redis"))]
    pub(crate) consumers: Vec<crate::events::RegisteredConsumer>,
    /// The outboxes of events, for the commands of operators.
    #[cfg(all(feature = "postgres", feature = "redis"))]
    pub(crate) outboxes: Vec<crate::events::RegisteredOutbox>,
    /// The policies that operators have set at run time.
    pub(crate) overrides: Overrides,
    /// The caches of all gates, for their gauges.
    pub(crate) caches: Caches,
    /// The store of these policies.
    pub(crate) board: Board,
    /// The database of these policies.
    #[cfg(feature = "postgres")]
    pub(crate) policy_pool: Option<sqlx::PgPool>,
    /// The circuit breaker of all databases of the service.
    #[cfg(feature = "postgres")]
    pub(crate) breaker: crate::database::Breaker,
    /// Cancelled after the last response, before databases are closed.
    #[cfg(feature = "postgres")]
    pub(crate) served: CancellationToken,
    /// The tasks of the jobs, which end when the shutdown begins.
    pub(crate) tasks: TaskTracker,
    /// The task that follows the policies in the database.
    #[cfg(feature = "postgres")]
    pub(crate) follower: std::sync::Mutex<Option<tokio::task::JoinHandle<()>>>,
    pub(crate) load_shedding: Option<LoadShedding>,
    pub(crate) steps: Vec<Step>,
    pub(crate) jobs: Vec<Arc<Job>>,
    pub(crate) closing: Vec<Work<()>>,
    /// The variables with the prefix of the service that no setting reads.
    pub(crate) unknown: Vec<String>,
    /// The names of the keys that are random because they are not configured.
    pub(crate) random_keys: Vec<String>,
    /// The only service that this process runs. `None` if it runs all of them.
    pub(crate) selected: Option<&'static str>,
}

/// The reason why a service does not start: the step of the start that failed, and the cause.
#[derive(Debug)]
pub struct StartError {
    step: String,
    cause: BoxError,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.cause)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_ref())
    }
}

/// Returns a function that converts an error into a [`StartError`] with the name of the failed step.
fn failed<E: Into<BoxError>>(step: impl Into<String>) -> impl FnOnce(E) -> StartError {
    move |cause| StartError { step: step.into(), cause: cause.into() }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl Platform {
    /// Returns the settings that every service has.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Returns the health checks of the service's dependencies.
    pub fn health(&self) -> &Health {
        &self.0.health
    }

    /// Returns the graceful shutdown of the process.
    pub fn shutdown(&self) -> &Shutdown {
        &self.0.shutdown
    }

    /// Returns the metrics of the process.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    /// Returns the settings of the router: timeouts, and the check of responses with its metric.
    pub fn serve_options(&self) -> ServeOptions {
        let timeout = self.0.config.timeouts.request;
        let ResponseCheckConfig { mode, rate } = self.0.config.response_check;
        let metrics = self.0.metrics.clone();
        let observer: BreachObserver = Arc::new(move |breach: &Breach| metrics.observe_breach(breach.operation.id));
        ServeOptions {
            timeouts: writ_runtime::Timeouts { request: timeout, body: timeout },
            responses: ResponseChecks { mode, rate, observer: Some(observer) },
            envelope: self.0.envelope.clone(),
            ..ServeOptions::default()
        }
    }

    /// Creates the gate of a contract with these operations, for the field `gate` of the generated `Api`.
    ///
    /// It applies the policies of the contract as [`Store::gate`] does. In addition, an operator can change them at run
    /// time with the subcommand `policy`, and requests are refused while their operations take much longer than usual,
    /// or while a database of the service is unavailable.
    ///
    /// If the process runs one of several [services](crate::Service::SERVICES), operations of the others have no policies here.
    pub fn gate<P: Principal>(&self, store: &Store, operations: &[&'static Operation]) -> PolicyGate<P> {
        let served = |service| writ_runtime::operations_of(operations, service);
        let operations = self.0.selected.map_or_else(|| operations.to_vec(), served);
        self.0.overrides.add_operations(&operations);
        self.0.metrics.add_operations(&operations);
        self.0.caches.add(store.cache());
        let gate = store.adjustable_gate(&self.0.overrides, self.0.config.failed_credentials);
        #[cfg(feature = "postgres")]
        let gate = gate.guarded_by(self.0.breaker.clone());
        match &self.0.load_shedding {
            Some(shedding) => gate.with(shedding.clone()),
            None => gate,
        }
    }

    /// Serves the router of a service from its start to the end of the shutdown, which SIGTERM or SIGINT begins.
    ///
    /// # Errors
    /// Returns an error if a step of the start fails.
    pub async fn run(&self, app: Router) -> Result<(), StartError> {
        let _telemetry = telemetry::start(&self.0.config, &self.0.metrics);
        self.warn_about_settings();
        serve::reserve_descriptors(&self.0.config);
        let Timeouts { linger, drain, .. } = self.0.config.timeouts;
        let (_running, ended) = std::sync::mpsc::channel();
        let limit = HardLimit { limit: linger + drain + CLOSE_TIMEOUT + MARGIN, ended };
        shutdown::on_signals(&self.0.shutdown, limit).map_err(failed("cannot handle signals"))?;
        tokio::select! {
            prepared = self.prepare() => prepared?,
            // A signal during the start ends it.
            () = self.0.shutdown.draining() => return Ok(()),
        }
        let listener = self.listen(self.0.config.bind, "BIND").await?;
        if let Ok(address) = listener.local_addr() {
            tracing::info!(%address, "serving requests");
        }
        self.serve(listener, app).await
    }

    /// Runs the steps of the start, such as the migrations of the databases, and starts the jobs.
    ///
    /// # Errors
    /// Returns an error if a step fails.
    pub async fn prepare(&self) -> Result<(), StartError> {
        for step in &self.0.steps {
            (step.work)().await.map_err(failed(step.failure.clone()))?;
        }
        #[cfg(feature = "postgres")]
        if let Some(pool) = &self.0.policy_pool {
            let mut follower = overrides::Follower::new(pool, self.0.overrides.clone());
            follower.poll().await.map_err(failed("cannot read the policies that are set at run time"))?;
            let served = self.0.served.clone();
            let stop = async move { served.cancelled().await };
            let task = tokio::spawn(overrides::follow(follower, self.0.shutdown.clone(), stop));
            *self.0.follower.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(task);
        }
        for job in &self.0.jobs {
            self.0.tasks.spawn(jobs::run(job.clone(), self.0.metrics.clone(), self.0.shutdown.clone()));
        }
        Ok(())
    }

    /// Serves a router on `listener` until the shutdown is complete. If an address for metrics is configured, metrics
    /// and probes are served there, and the commands of operators at that of the admin port.
    ///
    /// # Errors
    /// Returns an error if the address for metrics or of the admin port is already in use.
    pub async fn serve(&self, listener: TcpListener, app: Router) -> Result<(), StartError> {
        let runtime = tokio::runtime::Handle::current();
        self.0.metrics.sample(move |metrics| metrics.set_alive_tasks(runtime.metrics().num_alive_tasks()));
        let run = |port, listener, app| {
            let connections = self.0.metrics.connections_of(port);
            serve::serve_counted(listener, app, &self.0.config, connections, self.0.shutdown.clone())
        };
        let mut ports = vec![run("api", listener, self.around(app))];
        if let Some(address) = self.0.config.metrics_bind {
            let listener = self.listen(address, "METRICS_BIND").await?;
            let router = metrics::router(self.0.metrics.clone()).merge(health::router(self.0.health.clone()));
            ports.push(run("metrics", listener, self.bound(router)));
        }
        if let Some(admin) = &self.0.config.admin {
            let listener = self.listen(admin.bind, "ADMIN_BIND").await?;
            ports.push(run("admin", listener, self.bound(overrides::router(self.0.clone()))));
        }
        futures_util::future::join_all(ports).await;
        tokio::select! {
            closed = tokio::time::timeout(CLOSE_TIMEOUT, self.close()) => {
                if closed.is_err() {
                    tracing::warn!("tasks or connections to stores did not end in time: leaving them");
                }
            }
            () = self.0.shutdown.ended() => {}
        }
        Ok(())
    }

    /// Adds the bounds of all routes: a time limit, and the refusal of requests on connections beyond the limits.
    fn bound(&self, app: Router) -> Router {
        serve::bound(app, self.0.config.timeouts.request, self.0.envelope.clone())
    }

    /// Adds the middleware that all routes share: client address, log line, metrics, completion of requests with effects,
    /// security headers, compression, CORS and a time limit.
    pub fn around(&self, app: Router) -> Router {
        around::around(&self.0.config, &self.0.metrics, self.bound(app))
    }

    /// Waits for the tasks that follow the last response, and then closes the connections to stores.
    async fn close(&self) {
        self.0.tasks.close();
        tokio::join!(self.0.tasks.wait(), tasks::completed());
        #[cfg(feature = "postgres")]
        {
            self.0.served.cancel();
            let task = self.0.follower.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            if let Some(task) = task {
                // The task tells the database that this process ends.
                let _ = task.await;
            }
        }
        futures_util::future::join_all(self.0.closing.iter().map(|close| close())).await;
    }

    async fn listen(&self, address: std::net::SocketAddr, setting: &str) -> Result<TcpListener, StartError> {
        let step = format!("cannot listen on the address {address} of {}{setting}", self.0.config.prefix);
        TcpListener::bind(address).await.map_err(failed(step))
    }

    /// Logs a warning for each unknown configuration variable and for each key that is not configured.
    fn warn_about_settings(&self) {
        for name in &self.0.unknown {
            tracing::warn!(name, "unknown setting: check the spelling of the variable");
        }
        for name in &self.0.random_keys {
            tracing::warn!(name, "the key is not configured: using a random key until this process ends");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn the_reason_of_a_failed_start_names_the_step_and_has_the_cause() {
        let error = failed("open the doors")("the key is lost");
        assert_eq!(error.to_string(), "open the doors: the key is lost");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the key is lost"));
    }
}
