//! The PostgreSQL databases of a service. Each has a schema and a connection pool, so that one part of a service can
//! access only its own tables.

mod migrate;
mod settings;

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

pub(crate) use migrate::migrate;
pub use settings::DatabaseConfig;

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

/// Creates the connection pool of a database. It connects on first use, so an unavailable database is not an error
/// here.
pub(crate) fn open(config: &DatabaseConfig, schema: &str) -> PgPool {
    let statement_timeout = config.statement_timeout.as_millis();
    let options: PgConnectOptions = config.url.clone().application_name(&config.application).options([
        ("search_path", schema.to_owned()),
        ("statement_timeout", statement_timeout.to_string()),
        // The wait for a lock ends before the statement timeout, so that the error names the lock as the cause.
        ("lock_timeout", (statement_timeout * 3 / 5).max(1).to_string()),
        ("idle_in_transaction_session_timeout", "60000".to_owned()),
        ("timezone", "UTC".to_owned()),
    ]);
    let pool = PgPoolOptions::new().max_connections(config.connections).acquire_timeout(config.acquire_timeout);
    pool.connect_lazy_with(options)
}

#[cfg(test)]
mod tests;
