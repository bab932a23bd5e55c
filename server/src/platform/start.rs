//! Putting the platform together, and serving an application on it.

use std::fmt;
use std::sync::Arc;

use axum::{Router, middleware};
use tokio::net::TcpListener;
use writ_runtime::Timeouts;

use crate::platform::authenticator::TokenAuthenticator;
use crate::platform::browsers::{self, StrictTransport};
use crate::platform::cache::Cache;
use crate::platform::client_address;
use crate::platform::config::{Config, Mode};
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

/// What services are made from. Clones share everything.
#[derive(Debug, Clone)]
pub struct Platform {
    /// The settings.
    pub config: Arc<Config>,
    /// PostgreSQL, a pool a schema.
    pub databases: Databases,
    /// Redis.
    pub redis: Redis,
    /// Access tokens.
    pub tokens: Tokens,
    /// Password hashes.
    pub passwords: Passwords,
    /// Rate limits, for handlers that know the account.
    pub limiter: Limiter,
    /// Answers, for handlers that make some of them wrong.
    pub cache: Cache,
    /// Ended sessions.
    pub revocations: Revocations,
    /// Pagination cursors.
    pub cursors: Cursors,
    /// How everything is.
    pub health: Health,
    /// The end.
    pub shutdown: Shutdown,
    metrics: Arc<Metrics>,
}

/// Why the service does not start.
#[derive(Debug)]
pub struct StartError {
    what: &'static str,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.cause)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_ref())
    }
}

/// Says what failed.
fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(what: &'static str) -> impl FnOnce(E) -> StartError {
    move |cause| StartError { what, cause: cause.into() }
}

impl Platform {
    /// Puts everything together. Nothing is connected to yet.
    ///
    /// # Errors
    /// An address or a key that cannot be read.
    pub fn new(config: Config) -> Result<Platform, StartError> {
        let databases = Databases::open(&config.databases).map_err(failed("DATABASE_URL"))?;
        let redis = Redis::open(&config.redis).map_err(failed("REDIS_URL"))?;
        let shutdown = Shutdown::default();
        tell_made_up_keys(&config);
        Ok(Platform {
            tokens: Tokens::new(&config.tokens).map_err(failed("access tokens"))?,
            passwords: Passwords::new().map_err(failed("passwords"))?,
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

    /// Brings the databases up to date, makes the administrator, and begins to sweep.
    ///
    /// # Errors
    /// A database that is unavailable, or a migration that does not apply.
    pub async fn prepare(&self) -> Result<(), StartError> {
        self.databases.migrate().await.map_err(failed("migrating the databases"))?;
        if let Some(admin) = &self.config.admin {
            let made = seed::administrator(&self.databases.users, &self.passwords, admin).await;
            if made.map_err(failed("ADMIN_EMAIL"))? {
                tracing::info!(email = admin.email, "made the administrator");
            }
        }
        housekeeping::start(self.databases.clone(), self.shutdown.clone());
        Ok(())
    }

    /// Who proves callers.
    pub fn authenticator(&self) -> TokenAuthenticator {
        TokenAuthenticator::new(self.tokens.clone())
    }

    /// Who applies the contract's policies.
    pub fn gate(&self) -> PolicyGate {
        PolicyGate::new(self.redis.clone(), self.limiter.clone(), self.cache.clone(), self.revocations.clone())
    }

    /// How long the edge waits for bodies and handlers.
    pub fn timeouts(&self) -> Timeouts {
        let timeout = self.config.timeouts.request;
        Timeouts { handler: timeout, body: timeout }
    }

    /// An application with everything around it that does not know operations: client address,
    /// browsers, log and metrics.
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

    /// Serves an application on `listener` until the end, with metrics beside it where they are set.
    ///
    /// # Errors
    /// A metrics address that is taken.
    pub async fn serve(&self, listener: TcpListener, app: Router) -> Result<(), StartError> {
        let run = |listener, app| {
            let (timeouts, most) = (self.config.timeouts.clone(), self.config.max_connections);
            serve::serve(listener, app, timeouts, most, self.shutdown.clone())
        };
        match self.config.metrics_bind {
            Some(address) => {
                let metrics = TcpListener::bind(address).await.map_err(failed("WRIT_METRICS_BIND"))?;
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

fn tell_made_up_keys(config: &Config) {
    for name in &config.unknown {
        tracing::warn!(name, "no setting has this name");
    }
    let keys = [("WRIT_TOKEN_KEYS", config.tokens.keys.is_empty()), ("WRIT_CURSOR_KEY", config.cursor_key.is_none())];
    for (name, _) in keys.into_iter().filter(|(_, absent)| *absent) {
        tracing::warn!(name, "not set: made up a key that lives as long as this process");
    }
}
