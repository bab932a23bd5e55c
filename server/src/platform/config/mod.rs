//! The configuration of the server: typed settings that are read once at start, from the environment and an
//! optional file.

mod source;
mod values;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use http::HeaderValue;
use secrecy::SecretString;
use writ_runtime::{CheckMode, ResponseChecks};

pub use source::Source;
pub(crate) use values::decoded;

use crate::platform::network::Network;

/// The error message for a key that is not configured although the server runs in production.
const REQUIRED_KEY: &str = "is required in production; `openssl rand -base64 32` prints a new key";

/// The configuration of the server. `docs/configuration.md` lists all variables.
///
/// A service reads it with [`Config::from_environment`]. A test can build it from pairs:
///
/// ```
/// use server::platform::config::{Config, Source};
///
/// let variables = [("DATABASE_URL", "postgres://localhost/writ"), ("REDIS_URL", "redis://localhost")];
/// let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
/// let config = Config::read(Source::new("WRIT_BIND=127.0.0.1:9000", variables)).unwrap();
/// assert_eq!(config.bind.port(), 9000);
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// The environment in which the server process runs. Default: development.
    pub mode: Mode,
    /// The network address of the public port of the API. Default: `127.0.0.1:8080`.
    pub bind: SocketAddr,
    /// The network address of the port for metrics. `None`: metrics are not served.
    pub metrics_bind: Option<SocketAddr>,
    /// The settings of the PostgreSQL databases.
    pub databases: DatabaseConfig,
    /// The settings of the Redis connection.
    pub redis: RedisConfig,
    /// The settings of access and refresh tokens.
    pub tokens: TokenConfig,
    /// The settings of the administrator account that the server creates when it starts. `None`: the server
    /// creates no administrator.
    pub admin: Option<AdminConfig>,
    /// The key that signs pagination cursors: 32 bytes in base64. `None`: the process generates a random key
    /// and logs a warning.
    pub cursor_key: Option<SecretString>,
    /// The IP networks of the proxies whose `X-Forwarded-For` header is trusted.
    pub trusted_proxies: Vec<Network>,
    /// The web origins whose pages can call the API from a browser.
    pub cors_origins: Vec<HeaderValue>,
    /// The timeouts of requests and of the graceful shutdown.
    pub timeouts: Timeouts,
    /// The check of responses against the contract.
    pub response_check: ResponseCheckConfig,
    /// The maximum number of open client connections. Further connections wait to be accepted. Default: 10,000.
    pub max_connections: usize,
    /// The format of the server's log lines. Default: JSON.
    pub log_format: LogFormat,
    /// The filter of the server's log lines in the syntax of `tracing_subscriber::EnvFilter`, for example
    /// `info,server=debug`.
    pub log_filter: String,
    /// The names of variables that begin with `WRIT_` but that the server does not know, from the environment or
    /// the configuration file. They are probably misspelt.
    pub unknown: Vec<String>,
}

/// The environment in which the server process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Development: the process generates random keys if none are configured.
    Development,
    /// Production: keys are required, and responses have `Strict-Transport-Security`.
    Production,
}

/// The format of the server's log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// The server writes each log line as a JSON object.
    Json,
    /// The server writes log lines as text for people.
    Text,
}

/// The settings of the PostgreSQL databases. The schemas `users` and `orders` can be in one database or in two.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// The URL of the PostgreSQL database with the schema `users`.
    pub users: SecretString,
    /// The URL of the PostgreSQL database with the schema `orders`.
    pub orders: SecretString,
    /// The maximum number of connections in each PostgreSQL connection pool. Default: 16.
    pub connections: u32,
    /// The time after which PostgreSQL cancels a statement. Default: 5 s. A statement waits for a lock for at
    /// most 3/5 of this time.
    pub statement_timeout: Duration,
    /// The longest time that a request waits for a connection of the PostgreSQL pool. Default: 3 s.
    pub acquire_timeout: Duration,
}

/// The settings of the Redis connection.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// The URL of the Redis server.
    pub url: SecretString,
    /// The prefix of every Redis key of this service. Default: `writ`.
    pub prefix: String,
    /// The time after which Redis counts as unavailable if it does not respond. Default: 250 ms.
    pub timeout: Duration,
}

/// The settings of access and refresh tokens.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// The Ed25519 private keys for access tokens, as PEM or as base64 seeds. The first key signs, all keys
    /// verify. If the list is empty, the process generates a random key and logs a warning.
    pub keys: Vec<SecretString>,
    /// The issuer in the claim `iss` of access tokens. Default: `writ`.
    pub issuer: String,
    /// The audience in the claim `aud` of access tokens. Default: `writ`.
    pub audience: String,
    /// The lifetime of an access token. Default: 15 min.
    pub access_lifetime: Duration,
    /// The time after which an unused refresh token expires. Default: 14 days.
    pub refresh_lifetime: Duration,
    /// The lifetime of a login session. Refreshing its tokens does not extend it. Default: 90 days.
    pub session_lifetime: Duration,
}

/// The settings of the administrator account that the server creates when it starts.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// The e-mail address of the administrator account. Default: `admin@example.com`.
    pub email: String,
    /// The password of the administrator if the account is created. The password of an existing account is not
    /// changed.
    pub password: SecretString,
}

/// The check of responses against the contract before they are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseCheckConfig {
    /// The treatment of a response that breaks the contract. Default: it becomes a 500 in a debug build, and is not
    /// checked in a release build.
    pub mode: CheckMode,
    /// The share of requests whose responses are checked, from 0 to 1. Default: 1.
    pub rate: f64,
}

/// The timeouts of requests and of the graceful shutdown.
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// The longest time for receiving a request body, and for running a handler. Default: 30 s.
    pub request: Duration,
    /// The longest time for receiving the head of a request, including the idle time of the connection before it.
    /// Default: 30 s.
    pub header: Duration,
    /// The longest time that running requests can take after shutdown has begun. Default: 20 s.
    pub drain: Duration,
    /// The time for which a shutting down server still accepts connections while its readiness check already
    /// fails, so that load balancers notice the shutdown. Default: 0.
    pub linger: Duration,
}

/// The error of reading the server configuration, which lists all missing and invalid settings.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The messages about missing and invalid settings, one line per setting, sorted by name.
    pub faults: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration is not valid:")?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the server configuration from the environment and from the file that `WRIT_CONFIG` names.
    ///
    /// # Errors
    /// Returns all settings that are missing or invalid.
    pub fn from_environment() -> Result<Config, ConfigError> {
        let environment: Vec<_> = std::env::vars().collect();
        let path = environment.iter().find(|(name, value)| name == "WRIT_CONFIG" && !value.is_empty());
        let file = match path.map(|(_, path)| PathBuf::from(path)) {
            Some(path) => std::fs::read_to_string(&path).map_err(|error| ConfigError {
                faults: vec![format!("WRIT_CONFIG: cannot read the file {}: {error}", path.display())],
            })?,
            None => String::new(),
        };
        Config::read(Source::new(&file, environment))
    }

    /// Reads the server configuration from a source of variables.
    ///
    /// # Errors
    /// Returns all settings that are missing or invalid.
    pub fn read(mut from: Source) -> Result<Config, ConfigError> {
        let mode = from.one_of("WRIT_MODE", &[("development", Mode::Development), ("production", Mode::Production)]);
        let mode = mode.unwrap_or(Mode::Development);
        let admin_email = from.optional("ADMIN_EMAIL", values::email);
        let admin_password = from.optional("ADMIN_PASSWORD", values::password);
        let database = from.optional("DATABASE_URL", values::postgres_url);
        let users = from.optional("WRIT_USERS_DATABASE_URL", values::postgres_url).or(database.clone());
        let orders = from.optional("WRIT_ORDERS_DATABASE_URL", values::postgres_url).or(database);
        if users.is_none() || orders.is_none() {
            from.missing(
                "DATABASE_URL",
                "is required; set it to a URL such as postgres://user:password@localhost/writ",
            );
        }
        let redis = from.optional("REDIS_URL", values::redis_url);
        if redis.is_none() {
            from.missing("REDIS_URL", "is required; set it to a URL such as redis://localhost:6379");
        }
        let keys = from.optional("WRIT_TOKEN_KEYS", values::token_keys).unwrap_or_default();
        let cursor_key = from.optional("WRIT_CURSOR_KEY", values::key);
        if mode == Mode::Production {
            for (name, absent) in [("WRIT_TOKEN_KEYS", keys.is_empty()), ("WRIT_CURSOR_KEY", cursor_key.is_none())] {
                if absent {
                    from.missing(name, REQUIRED_KEY);
                }
            }
        }
        let modes = [("off", CheckMode::Off), ("log", CheckMode::Log), ("refuse", CheckMode::Refuse)];
        let check_mode = from.one_of("WRIT_RESPONSE_CHECK", &modes);
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
            response_check: ResponseCheckConfig {
                mode: check_mode.unwrap_or(ResponseChecks::default().mode),
                rate: from.or("WRIT_RESPONSE_CHECK_RATE", 1.0, values::share),
            },
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
            unknown: from.unknown_names(),
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

    const REQUIRED: [(&str, &str); 2] =
        [("DATABASE_URL", "postgres://user:sesame@localhost/writ"), ("REDIS_URL", "redis://:sesame@localhost")];

    #[test]
    fn two_urls_are_the_only_required_settings() {
        let config = read(&REQUIRED).unwrap();
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert!(config.admin.is_none());
    }

    #[test]
    fn all_invalid_settings_are_reported_together() {
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
    fn production_requires_keys() {
        let error = read(&[REQUIRED[0], REQUIRED[1], ("WRIT_MODE", "production")]).unwrap_err();
        assert_eq!(error.faults, ["WRIT_CURSOR_KEY", "WRIT_TOKEN_KEYS"].map(|name| format!("{name}: {REQUIRED_KEY}")));
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = read(&[REQUIRED[0], REQUIRED[1], ("ADMIN_PASSWORD", "sesame sesame")]).unwrap();
        assert!(!format!("{config:?}").contains("sesame"));
        let error = read(&[("DATABASE_URL", "sesame"), ("ADMIN_PASSWORD", "sesame")]).unwrap_err();
        assert!(!error.to_string().contains("sesame"));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "# comment\nWRIT_REDIS_PREFIX=file\nWRIT_TOKEN_ISSUER=\"of the file\"\n";
        let environment = REQUIRED.iter().chain(&[("WRIT_REDIS_PREFIX", "environment")]);
        let source = Source::new(file, environment.map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let config = Config::read(source).unwrap();
        assert_eq!(config.redis.prefix, "environment");
        assert_eq!(config.tokens.issuer, "of the file");
    }

    #[test]
    fn an_unknown_variable_is_reported() {
        let config =
            read(&[REQUIRED[0], REQUIRED[1], ("WRIT_BNID", "0.0.0.0:80"), ("WRIT_TEST_REDIS_URL", "x")]).unwrap();
        assert_eq!(config.unknown, ["WRIT_BNID"]);
    }
}
