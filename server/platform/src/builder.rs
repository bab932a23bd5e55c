//! The builder of a platform: a service asks it for the parts that it needs.

use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::BoxError;
use crate::cache::Caches;
use crate::config::{Config, ConfigError, Mode, REQUIRED_KEY, Source, parse};
use crate::cursor::Cursors;
use crate::health::{Health, NamedProbe, Probe, Weight};
use crate::jobs::Job;
use crate::metrics::Metrics;
use crate::overrides::{Board, Overrides};
use crate::platform::{Inner, Platform};
use crate::shedding::LoadShedding;
use crate::shutdown::Shutdown;

/// The builder of a [`Platform`]. A [`Service`](crate::Service) asks it for the parts that it needs.
///
/// Each method returns a part, for the service to keep, and registers the life of the part: its settings, its health
/// check, its start and its end. A service that does not ask for a part needs none of the settings of the part.
///
/// The methods do not fail. A part with a missing or invalid setting is returned too, and [`Builder::build`] then
/// reports the faults of all parts together.
pub struct Builder {
    pub(crate) source: Source,
    config: Config,
    shutdown: Shutdown,
    pub(crate) metrics: Arc<Metrics>,
    /// The policies that operators have set at run time, for the calls of other services.
    pub(crate) overrides: Overrides,
    probes: Vec<NamedProbe>,
    pub(crate) steps: Vec<Step>,
    jobs: Vec<Arc<Job>>,
    pub(crate) closing: Vec<Work<()>>,
    /// The database that has the policies which operators set at run time: the first one of the service.
    #[cfg(feature = "postgres")]
    pub(crate) policy_pool: Option<sqlx::PgPool>,
    /// The place of the API keys, once a part has asked for it.
    pub(crate) key_source: Option<crate::credentials::KeySource>,
    /// The consumers of events, for the commands of operators.
    #[cfg(all(feature = "postgres", feature = "redis"))]
    pub(crate) consumers: Vec<crate::events::RegisteredConsumer>,
    /// The outboxes of events, for the commands of operators.
    #[cfg(all(feature = "postgres", feature = "redis"))]
    pub(crate) outboxes: Vec<crate::events::RegisteredOutbox>,
    /// The hasher of passwords, once a part has asked for it.
    #[cfg(feature = "passwords")]
    pub(crate) passwords: Option<crate::credentials::Passwords>,
    /// The keys of tokens, once a part has asked for them.
    #[cfg(feature = "tokens")]
    pub(crate) token_keys: Option<crate::credentials::TokenKeys>,
    /// The circuit breaker of all databases of the service.
    #[cfg(feature = "postgres")]
    pub(crate) breaker: crate::database::Breaker,
    /// The names of the keys that are random because they are not configured.
    random_keys: Vec<String>,
    /// The only service that this process runs. `None` if it runs all of them.
    pub(crate) selected: Option<&'static str>,
}

/// The setting that selects one service of a program.
pub(crate) const SERVICE: &str = "SERVICE";

/// Work that a platform can repeat.
pub(crate) type Work<T> = Box<dyn Fn() -> BoxFuture<'static, T> + Send + Sync>;

/// A step of the start of a service.
pub(crate) struct Step {
    /// The failure of the step, as an error message names it.
    pub(crate) failure: String,
    pub(crate) work: Work<Result<(), BoxError>>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Builder {
    /// Creates a builder that reads settings from `source`. This function must be called in a Tokio runtime.
    pub fn new(source: Source) -> Builder {
        Builder::of_services(source, &[])
    }

    /// Creates a builder for a program with these services, of which the variable `SERVICE` with the prefix can select one.
    /// This function must be called in a Tokio runtime.
    pub fn of_services(mut source: Source, services: &'static [&'static str]) -> Builder {
        #[cfg(any(feature = "postgres", feature = "redis"))]
        crate::tls::install_provider();
        let mut config = Config::read(&mut source);
        let selected = match services {
            [] => None,
            services => {
                // A service that calls no other one may still be given their URLs.
                for service in services {
                    source.mark_known(&format!("{}_URL", service.to_ascii_uppercase().replace('-', "_")));
                }
                let words: Vec<_> = services.iter().map(|service| (*service, *service)).collect();
                source.setting(SERVICE).one_of(&words)
            }
        };
        if let Some(service) = selected
            && source.value("OTEL_SERVICE_NAME").is_none()
        {
            config.service_name = format!("{}-{service}", config.service_name);
        }
        let metrics = Arc::new(Metrics::new(&config.service_name));
        Builder {
            source,
            config,
            shutdown: Shutdown::default(),
            metrics,
            overrides: Overrides::default(),
            probes: Vec::new(),
            steps: Vec::new(),
            jobs: Vec::new(),
            closing: Vec::new(),
            #[cfg(feature = "postgres")]
            policy_pool: None,
            key_source: None,
            #[cfg(all(feature = "postgres", feature = "redis"))]
            consumers: Vec::new(),
            #[cfg(all(feature = "postgres", feature = "redis"))]
            outboxes: Vec::new(),
            #[cfg(feature = "passwords")]
            passwords: None,
            #[cfg(feature = "tokens")]
            token_keys: None,
            #[cfg(feature = "postgres")]
            breaker: crate::database::Breaker::default(),
            random_keys: Vec::new(),
            selected,
        }
    }

    /// Returns true if this process runs a service of [`Service::SERVICES`](crate::Service::SERVICES). A process runs all of
    /// them, unless the option `--service` or the variable `SERVICE` selects one.
    ///
    /// A service that is not run needs none of its settings, so ask for its parts only if this function returns true.
    pub fn runs(&self, service: &str) -> bool {
        self.selected.is_none_or(|selected| selected == service)
    }

    /// Returns the source of settings, for those of the service itself. Its faults are reported with all others.
    pub fn settings(&mut self) -> &mut Source {
        &mut self.source
    }

    /// Returns the settings that every service has.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the shutdown of the process, for work that must stop with it.
    pub fn shutdown(&self) -> Shutdown {
        self.shutdown.clone()
    }

    /// Returns the encoder and decoder of pagination cursors. The variable `CURSOR_KEY` with the prefix of the service
    /// has their key, which is required in production.
    pub fn cursors(&mut self) -> Cursors {
        let key = self.source.setting("CURSOR_KEY").optional(parse::key);
        if key.is_none() {
            self.random_key("CURSOR_KEY");
        }
        Cursors::new(key.as_ref())
    }

    /// Adds a probe to the health checks of the service. Probes with one name are one dependency.
    pub fn probe(&mut self, name: &'static str, weight: Weight, probe: impl Probe) {
        self.probes.push(NamedProbe { name, weight, probe: Box::new(probe) });
    }

    /// Adds a job, which begins to run after the start of the service.
    pub fn job(&mut self, job: Job) {
        self.jobs.push(Arc::new(job));
    }

    /// Adds a step to the start of the service, after the migrations of the databases asked for so far. The service
    /// serves no requests until the step has succeeded. `step` completes the sentence "cannot …" in the error message.
    pub fn at_start<F, R>(&mut self, step: impl std::fmt::Display, work: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.steps.push(Step { failure: format!("cannot {step}"), work: Box::new(move || work().boxed()) });
    }

    /// Adds work to the end of the service, after its last response.
    pub fn at_end<F, R>(&mut self, work: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.closing.push(Box::new(move || work().boxed()));
    }

    /// Completes the platform.
    ///
    /// # Errors
    /// Returns all settings that are missing or invalid, of the platform, of its parts and of the service.
    pub fn build(self) -> Result<Platform, ConfigError> {
        let (unknown, service_name) = (self.source.unknown_names(), self.source.service_name());
        self.source.finish()?;
        let health = Health::new(self.probes, self.shutdown.clone());
        let overrides = self.overrides;
        let caches = Caches::default();
        let (counted, measured) = (overrides.clone(), caches.clone());
        self.metrics.sample(move |metrics| {
            metrics.set_overrides(counted.current().len());
            measured.measure(metrics);
        });
        #[cfg(feature = "postgres")]
        let board = match &self.policy_pool {
            Some(pool) => Board::on_postgres(pool.clone()),
            None => Board::in_memory(overrides.clone()),
        };
        #[cfg(not(feature = "postgres"))]
        let board = Board::in_memory(overrides.clone());
        let load_shedding = self.config.sheds_load.then(|| LoadShedding::new(self.metrics.clone()));
        Ok(Platform(Arc::new(Inner {
            config: self.config,
            shutdown: self.shutdown,
            metrics: self.metrics,
            health,
            envelope: writ_runtime::EnvelopeCell::default(),
            service_name,
            key_source: self.key_source,
            #[cfg(all(feature = "postgres", feature = "redis"))]
            consumers: self.consumers,
            #[cfg(all(feature = "postgres", feature = "redis"))]
            outboxes: self.outboxes,
            overrides,
            caches,
            board,
            #[cfg(feature = "postgres")]
            policy_pool: self.policy_pool,
            #[cfg(feature = "postgres")]
            breaker: self.breaker,
            #[cfg(feature = "postgres")]
            served: tokio_util::sync::CancellationToken::new(),
            tasks: tokio_util::task::TaskTracker::new(),
            #[cfg(feature = "postgres")]
            follower: std::sync::Mutex::default(),
            load_shedding,
            steps: self.steps,
            jobs: self.jobs,
            closing: self.closing,
            unknown,
            random_keys: self.random_keys,
            selected: self.selected,
        })))
    }

    /// Records that a key is not configured: a fault in production, else a warning.
    pub(crate) fn random_key(&mut self, name: &str) {
        let setting = self.source.setting(name);
        let complete = setting.name().to_owned();
        match self.config.mode {
            Mode::Production => setting.missing(REQUIRED_KEY),
            Mode::Development if self.random_keys.contains(&complete) => {}
            Mode::Development => self.random_keys.push(complete),
        }
    }
}
