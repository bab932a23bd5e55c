//! The platform of the services: creates the infrastructure from the configuration, and serves an application on
//! it.

use std::fmt;
use std::sync::Arc;

use axum::{Router, middleware};
use tokio::net::TcpListener;
use writ_runtime::{Breach, BreachObserver, ResponseChecks, ServeOptions, Timeouts};

use crate::platform::authenticator::TokenAuthenticator;
use crate::platform::browsers::{self, StrictTransport};
use crate::platform::cache::Cache;
use crate::platform::client_address;
use crate::platform::config::{Config, Mode, ResponseCheckConfig};
use crate::platform::cursor::Cursors;
use crate::platform::database::Databases;
use crate::platform::gate::PolicyGate;
use crate::platform::health::Health;
use crate::platform::housekeeping;
use crate::platform::limiter::Limiter;
use crate::platform::metrics::{self, Metrics};
use crate::platform::password::Passwords;
use crate::platform::redis::Redis;
use crate::platform::revocation::Revocations;
use crate::platform::seed;
use crate::platform::serve;
use crate::platform::shutdown::Shutdown;
use crate::platform::telemetry;
use crate::platform::token::Tokens;

/// The infrastructure that all services are created from: databases, Redis, tokens, limits. Clones share all
/// resources.
///
/// ```no_run
/// use server::platform::Platform;
/// use server::platform::config::Config;
/// use tokio::net::TcpListener;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::from_environment()?;
/// let listener = TcpListener::bind(config.bind).await?;
/// let platform = Platform::new(config)?;
/// platform.prepare().await?;
/// let app = server::app::router(&platform);
/// platform.serve(listener, app).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Platform {
    /// The configuration of the server process.
    pub config: Arc<Config>,
    /// The connection pools of PostgreSQL.
    pub databases: Databases,
    /// The connection to Redis that all services share.
    pub redis: Redis,
    /// The issuer and verifier of access tokens.
    pub tokens: Tokens,
    /// The hasher and verifier of user passwords.
    pub passwords: Passwords,
    /// The rate limiter, for handlers that apply limits by account.
    pub limiter: Limiter,
    /// The cache of responses, for handlers that invalidate cached responses.
    pub cache: Cache,
    /// The register of ended login sessions.
    pub revocations: Revocations,
    /// The encoder and decoder of pagination cursors.
    pub cursors: Cursors,
    /// The health checks of the service's dependencies.
    pub health: Health,
    /// The graceful shutdown of the process.
    pub shutdown: Shutdown,
    metrics: Arc<Metrics>,
}

/// The reason why the server does not start: the step of the start that failed, and the cause.
#[derive(Debug)]
pub struct StartError {
    step: &'static str,
    cause: Box<dyn std::error::Error + Send + Sync>,
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
fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(step: &'static str) -> impl FnOnce(E) -> StartError {
    move |cause| StartError { step, cause: cause.into() }
}

impl Platform {
    /// Creates the platform, the shared infrastructure of the services, without connecting to a database yet.
    /// This function must be called in a Tokio runtime.
    ///
    /// # Errors
    /// Returns an error if a URL or a key of the configuration cannot be parsed.
    pub fn new(config: Config) -> Result<Platform, StartError> {
        let databases = Databases::open(&config.databases)
            .map_err(failed("DATABASE_URL or the URL of a schema is not a valid PostgreSQL URL"))?;
        let redis = Redis::open(&config.redis).map_err(failed("REDIS_URL is not a valid Redis URL"))?;
        let shutdown = Shutdown::default();
        warn_about_settings(&config);
        Ok(Platform {
            tokens: Tokens::new(&config.tokens).map_err(failed("cannot read the keys for access tokens"))?,
            passwords: Passwords::new().map_err(failed("cannot initialize password hashing"))?,
            limiter: Limiter::new(redis.clone()),
            cache: Cache::new(redis.clone()),
            revocations: Revocations::new(redis.clone(), databases.users.clone(), config.tokens.access_lifetime),
            cursors: Cursors::new(config.cursor_key.as_ref()),
            health: Health::new(databases.clone(), redis.clone(), shutdown.clone()),
            config: Arc::new(config),
            metrics: Arc::default(),
            databases,
            redis,
            shutdown,
        })
    }

    /// Applies the database migrations, creates the administrator, and starts the periodic deletion of expired
    /// rows.
    ///
    /// # Errors
    /// Returns an error if a database is unavailable or a migration fails.
    pub async fn prepare(&self) -> Result<(), StartError> {
        self.databases.migrate().await.map_err(failed("cannot migrate the databases"))?;
        if let Some(admin) = &self.config.admin {
            let created = seed::administrator(&self.databases.users, &self.passwords, admin).await;
            if created.map_err(failed("cannot create the administrator of ADMIN_EMAIL"))? {
                tracing::info!(email = admin.email, "created the administrator");
            }
        }
        housekeeping::start(self.databases.clone(), self.shutdown.clone());
        Ok(())
    }

    /// Returns the authenticator of API requests, which verifies access tokens.
    pub fn authenticator(&self) -> TokenAuthenticator {
        TokenAuthenticator::new(self.tokens.clone())
    }

    /// Returns the gate that applies the policies of the contract to requests: rate limits, cache and ended
    /// sessions.
    pub fn gate(&self) -> PolicyGate {
        PolicyGate::new(self.redis.clone(), self.limiter.clone(), self.cache.clone(), self.revocations.clone())
    }

    /// Returns the settings of the router: timeouts, and the check of responses with its metric.
    pub fn serve_options(&self) -> ServeOptions {
        let timeout = self.config.timeouts.request;
        let ResponseCheckConfig { mode, rate } = self.config.response_check;
        let metrics = self.metrics.clone();
        let observer: BreachObserver = Arc::new(move |breach: &Breach| metrics.observe_breach(breach.operation.id));
        ServeOptions {
            timeouts: Timeouts { handler: timeout, body: timeout },
            responses: ResponseChecks { mode, rate, observer: Some(observer) },
            ..ServeOptions::default()
        }
    }

    /// Adds the middleware that all routes share: client address, log line, metrics, security headers and CORS.
    pub fn around(&self, app: Router) -> Router {
        let strict = StrictTransport(self.config.mode == Mode::Production);
        let trusted = Arc::from(self.config.trusted_proxies.as_slice());
        let app = match browsers::cross_origin(&self.config.cors_origins) {
            Some(cross_origin) => app.layer(cross_origin),
            None => app,
        };
        app.layer(middleware::from_fn_with_state(strict, browsers::secure))
            .layer(middleware::from_fn_with_state(self.metrics.clone(), telemetry::observe))
            .layer(middleware::from_fn_with_state(trusted, client_address::find))
    }

    /// Serves an application on `listener` until the shutdown is complete. If an address for metrics is
    /// configured, the metrics are served there.
    ///
    /// # Errors
    /// Returns an error if the address for metrics is already in use.
    pub async fn serve(&self, listener: TcpListener, app: Router) -> Result<(), StartError> {
        let run = |listener, app| {
            let (timeouts, max_connections) = (self.config.timeouts.clone(), self.config.max_connections);
            serve::serve(listener, app, timeouts, max_connections, self.shutdown.clone())
        };
        match self.config.metrics_bind {
            Some(address) => {
                let metrics = TcpListener::bind(address)
                    .await
                    .map_err(failed("cannot listen on the address of WRIT_METRICS_BIND"))?;
                tokio::join!(run(listener, self.around(app)), run(metrics, metrics::router(self.metrics.clone())));
            }
            None => run(listener, self.around(app)).await,
        }
        tokio::select! {
            () = self.databases.close() => {}
            () = self.shutdown.ended() => {}
        }
        Ok(())
    }
}

/// Logs a warning for each unknown configuration variable and for each key that is not configured.
fn warn_about_settings(config: &Config) {
    for name in &config.unknown {
        tracing::warn!(name, "unknown setting: check the spelling of the variable");
    }
    let keys = [("WRIT_TOKEN_KEYS", config.tokens.keys.is_empty()), ("WRIT_CURSOR_KEY", config.cursor_key.is_none())];
    for (name, _) in keys.into_iter().filter(|(_, absent)| *absent) {
        tracing::warn!(name, "the key is not configured: using a random key until this process ends");
    }
}
