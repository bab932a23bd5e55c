//! A running service for one test, on a free port and with a separate database and key prefix.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::builder::{Builder, SERVICE};
use crate::config::Source;
#[cfg(feature = "postgres")]
use crate::database::url_setting;
use crate::platform::Platform;
use crate::service::Service;

/// The settings of a service in a test, without the prefix. Sweeps send wrong credentials to all operations of a contract
/// from one address.
const SETTINGS: [(&str, &str); 5] = [
    ("BIND", "127.0.0.1:0"),
    ("DATABASE_CONNECTIONS", "8"),
    ("REDIS_TIMEOUT", "2s"),
    ("DRAIN_TIMEOUT", "1s"),
    ("FAILED_CREDENTIALS", "1000000/60s"),
];

/// A running service for one test. Dropping the value stops the service.
///
/// A program with several [services](Service::SERVICES) runs all of them, each with a database of its own.
///
/// ```no_run
/// # use writ_platform::Service;
/// use writ_platform::testing::TestServer;
///
/// # async fn example<Museum: Service>() {
/// let server = TestServer::<Museum>::start_with(|settings| {
///     settings.set("MUSEUM_CORS_ORIGINS", "https://app.example.com");
/// })
/// .await;
/// let url = server.url("/events");
/// # }
/// ```
#[derive(Debug)]
pub struct TestServer<S> {
    /// The network address of the test server.
    pub address: SocketAddr,
    /// The service, for access to its parts.
    pub service: S,
    /// The platform of the service.
    pub platform: Platform,
    task: JoinHandle<()>,
    #[cfg(feature = "postgres")]
    _databases: Vec<super::TestDatabase>,
}

impl<S: Service> TestServer<S> {
    /// Starts a service for one test with the default settings of tests.
    pub async fn start() -> TestServer<S> {
        TestServer::start_with(|_| ()).await
    }

    /// Starts a service for one test with the default settings of tests, modified by `change`.
    pub async fn start_with(change: impl FnOnce(&mut Source)) -> TestServer<S> {
        TestServer::start_services(S::SERVICES, None, change).await
    }

    /// Starts one of the [services](Service::SERVICES) of a program for one test, with the settings of
    /// [`TestServer::start_with`]. It has a database of its own, and nothing of the other services.
    pub async fn start_service(service: &'static str, change: impl FnOnce(&mut Source)) -> TestServer<S> {
        TestServer::start_service_at(service, None, change).await
    }

    /// Starts a service as [`TestServer::start_service`] does. It accepts requests from `listener`, whose address other
    /// services can know before.
    pub async fn start_service_at(
        service: &'static str,
        listener: Option<TcpListener>,
        change: impl FnOnce(&mut Source),
    ) -> TestServer<S> {
        TestServer::start_services(&[service], listener, |settings| {
            settings.set(&format!("{}{SERVICE}", S::PREFIX), service);
            change(settings);
        })
        .await
    }

    async fn start_services(
        services: &[&str],
        listener: Option<TcpListener>,
        change: impl FnOnce(&mut Source),
    ) -> TestServer<S> {
        let mut source = Source::new(S::PREFIX, "", []);
        for (name, value) in SETTINGS {
            source.set(&format!("{}{name}", S::PREFIX), value);
        }
        #[cfg(feature = "postgres")]
        let databases = test_databases(&mut source, services).await;
        #[cfg(not(feature = "postgres"))]
        let _ = services;
        #[cfg(feature = "redis")]
        if let Ok(url) = std::env::var(super::REDIS_URL) {
            source.set("REDIS_URL", &url);
            source.set(&format!("{}REDIS_PREFIX", S::PREFIX), &super::prefix());
        }
        change(&mut source);
        let mut builder = Builder::of_services(source, S::SERVICES);
        let service = S::new(&mut builder);
        let platform = builder.build().expect("the settings are valid; `cargo xtask test` sets the URLs of stores");
        platform.prepare().await.expect("the service starts");
        let listener = match listener {
            Some(listener) => listener,
            None => TcpListener::bind(platform.config().bind).await.expect("a port is free"),
        };
        let address = listener.local_addr().expect("a listener has an address");
        let (app, serving) = (service.router(&platform), platform.clone());
        let task = tokio::spawn(async move { serving.serve(listener, app).await.expect("the service serves") });
        TestServer {
            address,
            service,
            platform,
            task,
            #[cfg(feature = "postgres")]
            _databases: databases,
        }
    }
}

impl<S> TestServer<S> {
    /// Runs the subcommand `policy` for this service, for example `set createOrder rate=1000/60s for 1h`, and waits until the
    /// service applies it. The service needs a database.
    ///
    /// # Panics
    /// Panics if the command fails or has no effect.
    #[cfg(feature = "postgres")]
    pub async fn policy(&self, arguments: &str) {
        let arguments: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
        let version = self.platform.0.overrides.version();
        let report = crate::overrides::run(&self.platform, &arguments).await;
        report.unwrap_or_else(|error| panic!("policy {arguments:?}: {error}"));
        // The command does not wait for a service that has just started, which is not in the list of processes yet.
        let started = Instant::now();
        while self.platform.0.overrides.version() == version {
            assert!(started.elapsed() < super::SOON, "policy {arguments:?} is not applied");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Repeats a request for an operation until the service has responded to it from the cache. The request can check
    /// each response.
    ///
    /// # Panics
    /// Panics if no response comes from the cache for a long time.
    pub async fn until_cached(&self, operation: &str, request: impl AsyncFn()) {
        let (before, started) = (self.cache_hits(operation), Instant::now());
        while self.cache_hits(operation) == before {
            assert!(started.elapsed() < 4 * super::SOON, "no response of {operation} comes from the cache");
            request().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Returns the number of responses of an operation that came from the cache.
    fn cache_hits(&self, operation: &str) -> u64 {
        let metrics = self.platform.metrics().render().expect("metrics are text");
        let labels = format!("operation=\"{operation}\",result=\"hit\"}} ");
        let lines = metrics.lines().filter(|line| line.starts_with("writ_cache_lookups_total{"));
        let mut counts = lines.filter_map(|line| line.split_once(&labels));
        let (_, count) = counts.next().expect("the service caches responses of the operation");
        count.parse().expect("a count is a number")
    }

    /// Returns the URL of a path on the test server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl<S> Drop for TestServer<S> {
    fn drop(&mut self) {
        self.platform.shutdown().end();
        self.task.abort();
    }
}

/// Creates a database for each service of a program, or one for a program without services, and sets their URLs. Does
/// nothing without a PostgreSQL server for tests.
#[cfg(feature = "postgres")]
async fn test_databases(source: &mut Source, services: &[&str]) -> Vec<super::TestDatabase> {
    static NONE: sqlx::migrate::Migrator = sqlx::migrate::Migrator::DEFAULT;
    static ANY: crate::Database = crate::Database::new("public", &NONE);
    if std::env::var(super::DATABASE_URL).is_err() {
        return Vec::new();
    }
    let variables = match services {
        [] => vec!["DATABASE_URL".to_owned()],
        services => services.iter().map(|name| format!("{}{}", source.prefix(), url_setting(name))).collect(),
    };
    let databases = futures_util::future::join_all(variables.iter().map(|_| super::TestDatabase::empty(&ANY))).await;
    for (variable, database) in variables.iter().zip(&databases) {
        source.set(variable, &database.url);
    }
    databases
}
