//! The parts of a platform that are behind cargo features, as a service asks for them.

#[cfg(any(feature = "postgres", feature = "redis", feature = "tokens", feature = "jwt", feature = "passwords"))]
use crate::builder::Builder;

#[cfg(feature = "postgres")]
impl Builder {
    /// Returns the connection pool of a database. The platform applies its migrations at start, checks its health under
    /// the name `database`, refuses requests at once while it is unavailable, deletes expired idempotency records, and
    /// closes the pool at the end. The first database that a service asks for also has the policies which operators set
    /// at run time.
    ///
    /// The variable `<NAME>_DATABASE_URL` with the prefix of the service has the URL, or else `DATABASE_URL`; one of
    /// them is required.
    pub fn database(&mut self, database: &'static crate::Database) -> sqlx::PgPool {
        use crate::jobs::Job;

        let config = crate::database::DatabaseConfig::read(&mut self.source, database);
        self.breaker.limit = config.statement_timeout;
        let (pool, monitor) = crate::database::open(&config, database.schema, self.breaker.clone());
        let migrated = pool.clone();
        self.at_start(format_args!("migrate the database `{}`", database.name), move || {
            let pool = migrated.clone();
            async move { Ok(crate::database::migrate(&pool, database).await?) }
        });
        let (monitored, monitoring, shutdown) = (pool.clone(), monitor.clone(), self.shutdown());
        self.at_start(format_args!("monitor the database `{}`", database.name), move || {
            tokio::spawn(monitoring.clone().run(monitored.clone(), shutdown.clone()));
            async { Ok(()) }
        });
        let counted = pool.clone();
        self.metrics.sample(move |metrics| {
            let (size, idle) = (u64::from(counted.size()), counted.num_idle() as u64);
            let max = u64::from(counted.options().get_max_connections());
            metrics.set_connections(database.name, size.saturating_sub(idle), idle, max);
        });
        let probed = pool.clone();
        self.probe("database", crate::health::Weight::Essential, move || {
            let (pool, monitor) = (probed.clone(), monitor.clone());
            async move { !pool.is_closed() && monitor.responds().await }
        });
        self.job(Job::purge(
            format!("expired idempotency keys of {}", database.name),
            &pool,
            crate::idempotency::EXPIRED,
        ));
        if self.policy_pool.is_none() {
            self.policy_pool = Some(pool.clone());
            self.job(Job::purge("ended policies", &pool, crate::overrides::ENDED));
            self.job(Job::purge("old log entries of policies", &pool, crate::overrides::OLD_ENTRIES));
            self.job(Job::purge("surplus log entries of policies", &pool, crate::overrides::SURPLUS_ENTRIES));
        }
        let closed = pool.clone();
        self.at_end(move || {
            let pool = closed.clone();
            async move { pool.close().await }
        });
        pool
    }
}

#[cfg(feature = "redis")]
impl Builder {
    /// Returns the connection to Redis. The platform checks its health under the name `redis`; without Redis the
    /// service is degraded. The variable `REDIS_URL` is required.
    pub fn redis(&mut self) -> crate::Redis {
        let config = crate::redis::RedisConfig::read(&mut self.source);
        let redis = match crate::Redis::open(&config) {
            Ok(redis) => redis,
            Err(_) => {
                self.source.shared_setting("REDIS_URL").missing("is not a valid Redis URL");
                crate::Redis::unconnected()
            }
        };
        let probed = redis.separate();
        self.probe("redis", crate::health::Weight::Degrading, move || {
            let redis = probed.clone();
            async move { redis.responds().await }
        });
        redis
    }
}

#[cfg(feature = "passwords")]
impl Builder {
    /// Returns the hasher and verifier of passwords, which all parts of the service share. The variable
    /// `PASSWORD_QUEUE` with the prefix of the service limits the number of passwords that wait to be hashed.
    pub fn passwords(&mut self) -> crate::credentials::Passwords {
        let waiting = self.source.setting("PASSWORD_QUEUE").optional(crate::config::parse::count);
        let metrics = self.metrics.clone();
        let new = || crate::credentials::Passwords::configured(waiting.map(|count| count as usize), metrics);
        self.passwords.get_or_insert_with(new).clone()
    }

    /// Returns the verifier of HTTP Basic credentials for the accounts of the variable `BASIC_ACCOUNTS` with the
    /// prefix of the service: `name hash scope …`, accounts separated by `;`, with a hash of
    /// [`Passwords::hash`](crate::credentials::Passwords::hash).
    pub fn basic_accounts<P: crate::FromKey>(&mut self) -> crate::credentials::BasicAccounts<P> {
        let accounts = self.source.setting("BASIC_ACCOUNTS").or(Vec::new(), crate::credentials::basic_accounts);
        crate::credentials::BasicAccounts::new(self.passwords(), accounts)
    }
}

#[cfg(feature = "tokens")]
impl Builder {
    /// Returns the issuer and verifier of the service's own access tokens. The variable `TOKEN_KEYS` with the prefix of
    /// the service has their keys, which are required in production.
    pub fn tokens<P: crate::FromClaims>(&mut self) -> crate::credentials::Tokens<P> {
        let config = crate::credentials::TokenConfig::read(&mut self.source);
        crate::credentials::Tokens::on(self.token_keys(), &config)
    }

    /// Returns the route `/.well-known/jwks.json`, which publishes the public keys of the variable `TOKEN_KEYS` (RFC 7517).
    /// A service that issues only tokens for calls of other services adds it to its routes.
    pub fn key_set_router(&mut self) -> axum::Router {
        self.token_keys().router()
    }

    /// Returns the keys of tokens, which all parts of the service share.
    pub(crate) fn token_keys(&mut self) -> crate::credentials::TokenKeys {
        use crate::credentials::TokenKeys;

        if let Some(keys) = &self.token_keys {
            return keys.clone();
        }
        let configured = self.source.setting("TOKEN_KEYS").optional(crate::config::parse::token_keys);
        let configured = configured.unwrap_or_default();
        if configured.is_empty() {
            self.random_key("TOKEN_KEYS");
        }
        let keys = TokenKeys::read(&configured).unwrap_or_else(|fault| {
            self.source.setting("TOKEN_KEYS").missing(&fault.to_string());
            TokenKeys::random()
        });
        self.token_keys.insert(keys).clone()
    }
}

#[cfg(feature = "jwt")]
impl Builder {
    /// Returns the verifier of access tokens of an external issuer. The variables `ISSUER` and `AUDIENCE` with the
    /// prefix of the service are required.
    pub fn issuer<P: crate::FromClaims>(&mut self) -> crate::credentials::Issuer<P> {
        let config = crate::credentials::IssuerConfig::read(&mut self.source);
        crate::credentials::Issuer::new(config)
    }
}
