//! The PostgreSQL databases of a service. Each has a schema and a connection pool, so that one part of a service can
//! access only its own tables.

mod breaker;
mod migrate;
mod monitor;
mod settings;
mod transaction;

use std::time::Duration;

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

pub(crate) use breaker::{Breaker, unavailable};
pub(crate) use migrate::migrate;
pub(crate) use monitor::Monitor;
pub use settings::DatabaseConfig;
#[cfg(any(test, feature = "testing"))]
pub(crate) use settings::url_setting;
pub use transaction::Transaction;

/// A PostgreSQL database of a service: its name, its schema and its migrations.
///
/// A service defines it once, and asks the [`Builder`](crate::Builder) for its connection pool:
///
/// ```
/// use std::borrow::Cow;
/// use sqlx::migrate::Migrator;
/// use writ_platform::Database;
///
/// // A service writes `sqlx::migrate!("migrations/museum")`.
/// static MIGRATIONS: Migrator = Migrator::DEFAULT;
/// static MUSEUM: Database = Database::new("museum", &MIGRATIONS);
///
/// assert_eq!(MUSEUM.schema, "museum");
/// ```
///
/// The variable `MUSEUM_DATABASE_URL` with the prefix of the service names the database. Without it `DATABASE_URL`
/// does.
#[derive(Debug)]
pub struct Database {
    /// The name of the database in settings and health checks, for example `museum`.
    pub name: &'static str,
    /// The PostgreSQL schema of the tables. The search path of the pool contains only this schema, so SQL statements
    /// need no schema names. It must be a name in lower case.
    pub schema: &'static str,
    /// The migrations of the schema.
    pub migrations: &'static Migrator,
}

impl Database {
    /// Describes a database whose schema has the name of the database.
    pub const fn new(name: &'static str, migrations: &'static Migrator) -> Database {
        Database { name, schema: name, migrations }
    }

    /// Describes the database with another schema.
    pub const fn in_schema(self, schema: &'static str) -> Database {
        Database { schema, ..self }
    }
}

/// Creates the connection pool of a database and its monitor. The pool connects on first use, so an unavailable database
/// is not an error here.
pub(crate) fn open(config: &DatabaseConfig, schema: &str, breaker: Breaker) -> (PgPool, Monitor) {
    let options = options(config, schema);
    let monitor = Monitor::new(options.clone(), breaker);
    let pool = PgPoolOptions::new().max_connections(config.connections).acquire_timeout(config.acquire_timeout);
    (monitor.guard(pool).connect_lazy_with(options), monitor)
}

/// Creates a pool of other connections to the database of `pool`, for work that must not wait for requests.
pub(crate) fn separate(pool: &PgPool, connections: u32, acquire_timeout: Duration) -> PgPool {
    let options = (*pool.connect_options()).clone();
    let separate = PgPoolOptions::new().max_connections(connections).acquire_timeout(acquire_timeout);
    // A connection whose work was cancelled is closed if it does not respond.
    Monitor::new(options.clone(), Breaker::default()).guard(separate).connect_lazy_with(options)
}

/// Completes work on a database within a time limit. The network can lose a connection without an error, and PostgreSQL
/// then ends no statement. The pool closes such a connection, because it does not respond.
pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let elapsed = |_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into());
    tokio::time::timeout(limit, work).await.unwrap_or_else(elapsed)
}

/// Returns the schema of the tables of a pool.
#[cfg(feature = "redis")]
pub(crate) fn schema(pool: &PgPool) -> String {
    option(&pool.connect_options(), "search_path").unwrap_or("public").to_owned()
}

/// Returns the time limit of statements on the connections of a pool. Returns `None` if the pool sets none.
fn statement_timeout(pool: &PgPool) -> Option<Duration> {
    option(&pool.connect_options(), "statement_timeout")?.parse().ok().map(Duration::from_millis)
}

/// Returns the value of a setting that connections have from their start.
fn option<'a>(options: &'a PgConnectOptions, name: &str) -> Option<&'a str> {
    let settings = options.get_options().unwrap_or_default().split(' ');
    settings.filter_map(|setting| setting.strip_prefix(name)?.strip_prefix('=')).next_back()
}

/// Returns the options of the connections to a database.
fn options(config: &DatabaseConfig, schema: &str) -> PgConnectOptions {
    let statement_timeout = config.statement_timeout.as_millis();
    config.url.clone().application_name(&config.application).options([
        ("search_path", schema.to_owned()),
        ("statement_timeout", statement_timeout.to_string()),
        // The wait for a lock ends before the statement timeout, so that the error names the lock as the cause.
        ("lock_timeout", (statement_timeout * 3 / 5).max(1).to_string()),
        ("idle_in_transaction_session_timeout", "60000".to_owned()),
        ("timezone", "UTC".to_owned()),
    ])
}

#[cfg(test)]
mod tests;
