//! The settings of the platform: typed values that are read once at start, from the environment and an optional file.

pub mod parse;
mod source;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use http::HeaderValue;
use ipnet::IpNet;
use writ_runtime::operation::RateLimit;
use writ_runtime::{CheckMode, ResponseChecks};

pub use crate::overrides::AdminConfig;
pub use crate::telemetry::TraceConfig;
pub use source::{Setting, Source};

use crate::limiter::FAILED_CREDENTIALS;

/// The error message for a key that is not configured although the service runs in production.
pub(crate) const REQUIRED_KEY: &str = "is required in production; `openssl rand -base64 32` prints a new key";

/// The settings that every service has. `docs/configuration.md` lists all variables.
///
/// A [`Builder`](crate::Builder) reads them. The settings of a part, such as a database, are read when the service asks
/// for the part.
#[derive(Debug, Clone)]
pub struct Config {
    /// The prefix of the variables of the service, for example `WRIT_`.
    pub prefix: &'static str,
    /// The name of the service in metrics and traces. Default: it follows from the prefix.
    pub service_name: String,
    /// The environment in which the server process runs. Default: development.
    pub mode: Mode,
    /// The network address of the public port of the API. Default: `127.0.0.1:8080`.
    pub bind: SocketAddr,
    /// The network address of the port for metrics and probes. `None`: they are not served.
    pub metrics_bind: Option<SocketAddr>,
    /// The port for the commands of operators. `None`: it is not served.
    pub admin: Option<AdminConfig>,
    /// True if requests are refused while their operations take much longer than usual. Default: true.
    pub sheds_load: bool,
    /// The IP networks of the proxies whose `X-Forwarded-For` header is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The number of requests from one client address whose credentials may be missing or wrong. Default: 100 in a minute.
    pub failed_credentials: RateLimit,
    /// The web origins whose pages can call the API from a browser.
    pub cors_origins: Vec<HeaderValue>,
    /// The timeouts of requests and of the graceful shutdown.
    pub timeouts: Timeouts,
    /// The check of responses against the contract.
    pub response_check: ResponseCheckConfig,
    /// The limits on the number of client connections.
    pub connections: ConnectionLimits,
    /// The time for which browsers must use TLS (`max-age` of `Strict-Transport-Security`, RFC 6797). Zero: the header is
    /// not sent. Default: a year in production, else zero.
    pub hsts: Duration,
    /// True if large responses are compressed for clients that accept it. Default: true.
    pub compresses: bool,
    /// The format of the server's log lines. Default: JSON.
    pub log_format: LogFormat,
    /// The filter of the server's log lines in the syntax of `tracing_subscriber::EnvFilter`, for example
    /// `info,server=debug`.
    pub log_filter: String,
    /// The maximum size of the log lines that wait to be written, in bytes. Further ones are dropped. Default: 8 MiB.
    pub log_buffer: usize,
    /// The export of traces. `None`: no collector is configured.
    pub traces: Option<TraceConfig>,
}

/// The environment in which the server process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Development: the process generates random keys if none are configured.
    Development,
    /// Production: keys are required, and responses have `Strict-Transport-Security` by default.
    Production,
}

impl Mode {
    /// Returns the default of [`Config::hsts`].
    fn hsts(self) -> Duration {
        match self {
            Mode::Development => Duration::ZERO,
            Mode::Production => Duration::from_secs(365 * 24 * 3600),
        }
    }
}

/// The format of the server's log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// The server writes each log line as a JSON object.
    Json,
    /// The server writes log lines as text for people.
    Text,
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

/// The limits on the number of client connections of one port.
///
/// A connection beyond a limit is accepted too, but only for health checks: it serves one request within a few seconds,
/// and refuses any other request with 503. So health checks succeed also while clients hold all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// The maximum number of open client connections. Default: 10,000.
    pub total: usize,
    /// The maximum number of open connections of one client address, or of one IPv6 network of 64 bits. Trusted proxies
    /// are exempt. Default: 1,000.
    pub per_address: usize,
}

/// The timeouts of requests, of connections and of the graceful shutdown.
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// The longest time from the head of a request to the head of its response, including the time in which its body
    /// arrives. Default: 30 s.
    pub request: Duration,
    /// The longest time for receiving the head of a request, including the idle time of the connection before it.
    /// Default: 30 s.
    pub header: Duration,
    /// The longest time in which a client that the server has data for does not take at least 16 KiB of it. Default:
    /// 30 s.
    pub write: Duration,
    /// The longest time that running requests can take after shutdown has begun. Default: 20 s.
    pub drain: Duration,
    /// The time for which a shutting down server still accepts connections while its readiness check already
    /// fails, so that load balancers notice the shutdown. Default: 0.
    pub linger: Duration,
}

/// The error of reading the settings, which lists all missing and invalid variables.
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
    /// Reads the settings that every service has. The source keeps the faults.
    pub fn read(from: &mut Source) -> Config {
        let mode = from.setting("MODE").one_of(&[("development", Mode::Development), ("production", Mode::Production)]);
        let modes = [("off", CheckMode::Off), ("log", CheckMode::Log), ("refuse", CheckMode::Refuse)];
        let sheds_load = from.setting("LOAD_SHEDDING").one_of(&[("on", true), ("off", false)]);
        let compresses = from.setting("COMPRESSION").one_of(&[("on", true), ("off", false)]);
        let check_mode = from.setting("RESPONSE_CHECK").one_of(&modes);
        let log_format = from.setting("LOG_FORMAT").one_of(&[("json", LogFormat::Json), ("text", LogFormat::Text)]);
        let name = from.service_name();
        Config {
            prefix: from.prefix(),
            service_name: from.shared_setting("OTEL_SERVICE_NAME").or(name, parse::text),
            mode: mode.unwrap_or(Mode::Development),
            bind: from.setting("BIND").or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080), parse::parsed),
            metrics_bind: from.setting("METRICS_BIND").optional(parse::parsed),
            admin: AdminConfig::read(from),
            sheds_load: sheds_load.unwrap_or(true),
            trusted_proxies: from.setting("TRUSTED_PROXIES").or(Vec::new(), parse::networks),
            failed_credentials: from.setting("FAILED_CREDENTIALS").or(FAILED_CREDENTIALS, parse::address_limit),
            cors_origins: from.setting("CORS_ORIGINS").or(Vec::new(), parse::origins),
            response_check: ResponseCheckConfig {
                mode: check_mode.unwrap_or(ResponseChecks::default().mode),
                rate: from.setting("RESPONSE_CHECK_RATE").or(1.0, parse::share),
            },
            timeouts: Timeouts {
                request: from.setting("REQUEST_TIMEOUT").or(Duration::from_secs(30), parse::time_limit),
                header: from.setting("HEADER_TIMEOUT").or(Duration::from_secs(30), parse::time_limit),
                write: from.setting("WRITE_TIMEOUT").or(Duration::from_secs(30), parse::time_limit),
                drain: from.setting("DRAIN_TIMEOUT").or(Duration::from_secs(20), parse::duration),
                linger: from.setting("LINGER").or(Duration::ZERO, parse::duration),
            },
            connections: ConnectionLimits {
                total: from.setting("MAX_CONNECTIONS").or(10_000, parse::count) as usize,
                per_address: from.setting("MAX_CONNECTIONS_PER_ADDRESS").or(1000, parse::count) as usize,
            },
            hsts: from.setting("HSTS").or(mode.unwrap_or(Mode::Development).hsts(), parse::duration),
            compresses: compresses.unwrap_or(true),
            log_format: log_format.unwrap_or(LogFormat::Json),
            log_filter: from.setting("LOG").or("info,sqlx=warn".to_owned(), parse::log_filter),
            log_buffer: from.setting("LOG_BUFFER").or(8 * 1024 * 1024, parse::count) as usize,
            traces: TraceConfig::read(from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(file: &str, pairs: &[(&str, &str)]) -> Source {
        Source::new("WRIT_", file, pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn no_setting_of_every_service_is_required() {
        let mut source = source("", &[]);
        assert_eq!(Config::read(&mut source).bind.to_string(), "127.0.0.1:8080");
        source.finish().unwrap();
    }

    #[test]
    fn all_invalid_settings_are_reported_together() {
        let mut source = source(
            "no assignment",
            &[
                ("WRIT_BIND", "nowhere"),
                ("WRIT_REQUEST_TIMEOUT", "soon"),
                ("WRIT_TRUSTED_PROXIES", "10.0.0.0/8, 10.0.0.0/99"),
            ],
        );
        Config::read(&mut source);
        source.shared_setting("DATABASE_URL").missing("is required");
        let faults = source.finish().unwrap_err().faults;
        let names: Vec<_> = faults.iter().map(|fault| fault.split(':').next().unwrap()).collect();
        assert_eq!(names, ["DATABASE_URL", "WRIT_BIND", "WRIT_CONFIG", "WRIT_REQUEST_TIMEOUT", "WRIT_TRUSTED_PROXIES"]);
    }

    #[test]
    fn a_time_limit_of_zero_is_a_fault_and_the_times_of_the_shutdown_can_be_zero() {
        let limits = ["WRIT_REQUEST_TIMEOUT", "WRIT_HEADER_TIMEOUT", "WRIT_WRITE_TIMEOUT"];
        let mut source = source("", &limits.map(|name| (name, "0s")));
        Config::read(&mut source);
        let faults = source.finish().unwrap_err().faults;
        assert!(limits.iter().all(|name| faults.iter().any(|fault| fault.starts_with(name))), "{faults:?}");
        let mut source = self::source("", &[("WRIT_LINGER", "0s"), ("WRIT_DRAIN_TIMEOUT", "0s"), ("WRIT_HSTS", "0s")]);
        Config::read(&mut source);
        source.finish().unwrap();
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "# comment\nWRIT_LOG=debug\nWRIT_BIND=\"127.0.0.1:9000\"\n";
        let mut source = source(file, &[("WRIT_LOG", "warn")]);
        let config = Config::read(&mut source);
        assert_eq!((config.log_filter.as_str(), config.bind.port()), ("warn", 9000));
    }

    #[test]
    fn a_variable_with_the_prefix_that_no_setting_reads_is_reported() {
        let mut source = source("", &[("WRIT_BNID", "0.0.0.0:80"), ("WRIT_TEST_REDIS_URL", "x"), ("OTHER_BIND", "x")]);
        Config::read(&mut source);
        assert_eq!(source.unknown_names(), ["WRIT_BNID"]);
    }

    #[test]
    fn no_value_of_a_variable_is_printed() {
        let source = source("WRIT_CURSOR_KEY=sesame", &[("WRIT_ADMIN_SECRET", "sesame")]);
        let text = format!("{source:?}");
        assert!(text.contains("WRIT_ADMIN_SECRET") && !text.contains("sesame"), "{text}");
    }

    #[test]
    fn the_prefix_is_a_parameter() {
        let variables = [("MUSEUM_BIND", "127.0.0.1:7"), ("WRIT_BIND", "127.0.0.1:8")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut source = Source::new("MUSEUM_", "", variables);
        assert_eq!(source.service_name(), "museum");
        assert_eq!(Config::read(&mut source).bind.port(), 7);
        assert!(source.unknown_names().is_empty());
    }

    #[test]
    fn settings_have_the_documented_defaults() {
        let config = Config::read(&mut source("", &[]));
        let Timeouts { request, header, write, drain, linger } = config.timeouts;
        assert_eq!([request, header, write, drain, linger].map(|time| time.as_secs()), [30, 30, 30, 20, 0]);
        assert_eq!((config.connections.total, config.connections.per_address), (10_000, 1000));
        assert_eq!(config.log_buffer, 8_388_608);
        assert!(config.sheds_load && config.compresses && config.hsts.is_zero());
        assert_eq!(config.log_filter, "info,sqlx=warn");
        let production = Config::read(&mut source("", &[("WRIT_MODE", "production")]));
        assert_eq!(production.hsts, Duration::from_secs(365 * 24 * 3600));
    }
}
