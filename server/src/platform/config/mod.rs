//! Settings: typed, read once at start from the environment and an optional file.

mod source;
mod values;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use http::HeaderValue;
use secrecy::SecretString;

pub use source::Source;
pub(crate) use values::decoded;

use crate::platform::network::Network;

/// Everything that can be set. `docs/configuration.md` lists the names.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the process takes for granted of its surroundings.
    pub mode: Mode,
    /// Where requests are served.
    pub bind: SocketAddr,
    /// Where metrics are served, if anywhere.
    pub metrics_bind: Option<SocketAddr>,
    /// PostgreSQL.
    pub databases: DatabaseConfig,
    /// Redis.
    pub redis: RedisConfig,
    /// Access and refresh tokens.
    pub tokens: TokenConfig,
    /// The administrator to make at start, if any.
    pub admin: Option<AdminConfig>,
    /// What pagination cursors are signed with: 32 bytes. `None`: a random key, told in the log.
    pub cursor_key: Option<SecretString>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Origins of browsers that may call.
    pub cors_origins: Vec<HeaderValue>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// The most connections at once; further ones wait.
    pub max_connections: usize,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written, as `tracing` filters: `info,server=debug`.
    pub log_filter: String,
    /// Names that begin with `WRIT_` and mean nothing here: most likely slips.
    pub unknown: Vec<String>,
}

/// What the process takes for granted of its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Missing keys are made up at start.
    Development,
    /// Missing keys are refused.
    Production,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The databases. Users and orders may live in one server, each in a schema of its own.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Where the schema `users` lives.
    pub users: SecretString,
    /// Where the schema `orders` lives.
    pub orders: SecretString,
    /// The most connections of each pool.
    pub connections: u32,
    /// After which time PostgreSQL gives a statement up.
    pub statement_timeout: Duration,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
}

/// Redis.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// Where it is.
    pub url: SecretString,
    /// What every key begins with.
    pub prefix: String,
    /// After which time it counts as unavailable.
    pub timeout: Duration,
}

/// Access and refresh tokens.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// Ed25519 private keys, as PEM or base64 seeds; the first signs. Empty: a random key, told in the log.
    pub keys: Vec<SecretString>,
    /// The `iss` claim.
    pub issuer: String,
    /// The `aud` claim.
    pub audience: String,
    /// How long an access token is good.
    pub access_lifetime: Duration,
    /// How long a refresh token is good when it is not used.
    pub refresh_lifetime: Duration,
    /// How long a session lasts however often it is refreshed.
    pub session_lifetime: Duration,
}

/// The administrator to make at start.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// The address to sign in with.
    pub email: String,
    /// The password; set anew only when the account is made.
    pub password: SecretString,
}

/// How long things may take.
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// A request, from its head to its answer.
    pub request: Duration,
    /// The head of a request, also on an idle connection.
    pub header: Duration,
    /// What is still running when the process is asked to stop.
    pub drain: Duration,
    /// Between saying "not ready" and no longer accepting, so that load balancers hear it.
    pub linger: Duration,
}

/// Settings that cannot be used, all of them.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// One line a setting, in the order of their names.
    pub faults: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings cannot be used:")?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the environment, and the file that `WRIT_CONFIG` names.
    ///
    /// # Errors
    /// Every setting that is missing or wrong, in one error.
    pub fn from_environment() -> Result<Config, ConfigError> {
        let environment: Vec<_> = std::env::vars().collect();
        let path = environment.iter().find(|(name, value)| name == "WRIT_CONFIG" && !value.is_empty());
        let file = match path.map(|(_, path)| PathBuf::from(path)) {
            Some(path) => std::fs::read_to_string(&path)
                .map_err(|error| ConfigError { faults: vec![format!("WRIT_CONFIG: {}: {error}", path.display())] })?,
            None => String::new(),
        };
        Config::read(Source::new(&file, environment))
    }

    /// Reads settings from where they are.
    ///
    /// # Errors
    /// Every setting that is missing or wrong, in one error.
    pub fn read(mut from: Source) -> Result<Config, ConfigError> {
        let mode = from.one_of("WRIT_MODE", &[("development", Mode::Development), ("production", Mode::Production)]);
        let mode = mode.unwrap_or(Mode::Development);
        let admin_email = from.optional("ADMIN_EMAIL", values::email);
        let admin_password = from.optional("ADMIN_PASSWORD", values::password);
        let database = from.optional("DATABASE_URL", values::postgres_url);
        let users = from.optional("WRIT_USERS_DATABASE_URL", values::postgres_url).or(database.clone());
        let orders = from.optional("WRIT_ORDERS_DATABASE_URL", values::postgres_url).or(database);
        if users.is_none() || orders.is_none() {
            from.missing("DATABASE_URL");
        }
        let redis = from.optional("REDIS_URL", values::redis_url);
        if redis.is_none() {
            from.missing("REDIS_URL");
        }
        let keys = from.optional("WRIT_TOKEN_KEYS", values::token_keys).unwrap_or_default();
        let cursor_key = from.optional("WRIT_CURSOR_KEY", values::key);
        if mode == Mode::Production {
            for (name, absent) in [("WRIT_TOKEN_KEYS", keys.is_empty()), ("WRIT_CURSOR_KEY", cursor_key.is_none())] {
                if absent {
                    from.missing(name);
                }
            }
        }
        let config = Config {
            mode,
            bind: from.or("WRIT_BIND", SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080), values::parsed),
            metrics_bind: from.optional("WRIT_METRICS_BIND", values::parsed),
            databases: DatabaseConfig {
                users: users.unwrap_or_default(),
                orders: orders.unwrap_or_default(),
                connections: from.or("WRIT_DATABASE_CONNECTIONS", 16, values::count),
                statement_timeout: from.or("WRIT_STATEMENT_TIMEOUT", Duration::from_secs(5), values::duration),
                acquire_timeout: from.or("WRIT_ACQUIRE_TIMEOUT", Duration::from_secs(3), values::duration),
            },
            redis: RedisConfig {
                url: redis.unwrap_or_default(),
                prefix: from.or("WRIT_REDIS_PREFIX", "writ".to_owned(), values::key_prefix),
                timeout: from.or("WRIT_REDIS_TIMEOUT", Duration::from_millis(250), values::duration),
            },
            tokens: TokenConfig {
                keys,
                issuer: from.or("WRIT_TOKEN_ISSUER", "writ".to_owned(), values::text),
                audience: from.or("WRIT_TOKEN_AUDIENCE", "writ".to_owned(), values::text),
                access_lifetime: from.or("WRIT_ACCESS_LIFETIME", Duration::from_secs(15 * 60), values::duration),
                refresh_lifetime: from.or("WRIT_REFRESH_LIFETIME", Duration::from_secs(14 * 86400), values::duration),
                session_lifetime: from.or("WRIT_SESSION_LIFETIME", Duration::from_secs(90 * 86400), values::duration),
            },
            admin: admin_password.map(|password| AdminConfig {
                email: admin_email.unwrap_or_else(|| "admin@example.com".to_owned()),
                password,
            }),
            cursor_key,
            trusted_proxies: from.or("WRIT_TRUSTED_PROXIES", Vec::new(), values::networks),
            cors_origins: from.or("WRIT_CORS_ORIGINS", Vec::new(), values::origins),
            timeouts: Timeouts {
                request: from.or("WRIT_REQUEST_TIMEOUT", Duration::from_secs(30), values::duration),
                header: from.or("WRIT_HEADER_TIMEOUT", Duration::from_secs(30), values::duration),
                drain: from.or("WRIT_DRAIN_TIMEOUT", Duration::from_secs(20), values::duration),
                linger: from.or("WRIT_LINGER", Duration::ZERO, values::duration),
            },
            max_connections: from.or("WRIT_MAX_CONNECTIONS", 10_000, values::count) as usize,
            log_format: from
                .one_of("WRIT_LOG_FORMAT", &[("json", LogFormat::Json), ("text", LogFormat::Text)])
                .unwrap_or(LogFormat::Json),
            log_filter: from.or("WRIT_LOG", "info,sqlx=warn".to_owned(), values::log_filter),
            unknown: from.unasked(),
        };
        from.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(Source::new("", pairs))
    }

    const LEAST: [(&str, &str); 2] =
        [("DATABASE_URL", "postgres://user:sesame@localhost/writ"), ("REDIS_URL", "redis://:sesame@localhost")];

    #[test]
    fn two_addresses_are_enough_to_start() {
        let config = read(&LEAST).unwrap();
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert!(config.admin.is_none());
    }

    #[test]
    fn all_wrong_values_are_named_together() {
        let error = read(&[
            ("DATABASE_URL", "mysql://localhost"),
            ("WRIT_BIND", "nowhere"),
            ("WRIT_REQUEST_TIMEOUT", "soon"),
            ("WRIT_TRUSTED_PROXIES", "10.0.0.0/8, 10.0.0.0/99"),
        ])
        .unwrap_err();
        let names: Vec<_> = error.faults.iter().map(|fault| fault.split(':').next().unwrap()).collect();
        assert_eq!(names, ["DATABASE_URL", "REDIS_URL", "WRIT_BIND", "WRIT_REQUEST_TIMEOUT", "WRIT_TRUSTED_PROXIES"]);
    }

    #[test]
    fn production_takes_no_made_up_keys() {
        let error = read(&[LEAST[0], LEAST[1], ("WRIT_MODE", "production")]).unwrap_err();
        assert_eq!(error.faults, ["WRIT_CURSOR_KEY: is required", "WRIT_TOKEN_KEYS: is required"]);
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = read(&[LEAST[0], LEAST[1], ("ADMIN_PASSWORD", "sesame sesame")]).unwrap();
        assert!(!format!("{config:?}").contains("sesame"));
        let error = read(&[("DATABASE_URL", "sesame"), ("ADMIN_PASSWORD", "sesame")]).unwrap_err();
        assert!(!error.to_string().contains("sesame"));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "# comment\nWRIT_REDIS_PREFIX=file\nWRIT_TOKEN_ISSUER=\"of the file\"\n";
        let environment = LEAST.iter().chain(&[("WRIT_REDIS_PREFIX", "environment")]);
        let source = Source::new(file, environment.map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let config = Config::read(source).unwrap();
        assert_eq!(config.redis.prefix, "environment");
        assert_eq!(config.tokens.issuer, "of the file");
    }

    #[test]
    fn a_slip_in_a_name_is_told() {
        let config = read(&[LEAST[0], LEAST[1], ("WRIT_BNID", "0.0.0.0:80"), ("WRIT_TEST_REDIS_URL", "x")]).unwrap();
        assert_eq!(config.unknown, ["WRIT_BNID"]);
    }
}
