//! The settings of a PostgreSQL database.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;

use super::Database;
use crate::config::{Source, parse};

/// The settings of a PostgreSQL database.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// The address and the credentials of the database server.
    pub(crate) url: PgConnectOptions,
    /// The name of the service, as the database server shows it for each connection.
    pub(crate) application: String,
    /// The maximum number of connections in the connection pool. Default: 16.
    pub connections: u32,
    /// The time after which PostgreSQL cancels a statement. Default: 5 s. A statement waits for a lock for at
    /// most 3/5 of this time.
    pub statement_timeout: Duration,
    /// The longest time that a request waits for a connection of the pool. Default: 3 s.
    pub acquire_timeout: Duration,
}

/// Prints the address of the database server without the password.
impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = format_args!("{}:{}", self.url.get_host(), self.url.get_port());
        f.debug_struct("DatabaseConfig").field("address", &address).finish_non_exhaustive()
    }
}

impl DatabaseConfig {
    /// Reads the settings of a database. The source keeps the faults, and the URL of a missing or invalid setting is
    /// that of a database on this machine.
    pub(crate) fn read(from: &mut Source, database: &Database) -> DatabaseConfig {
        let name = from.service_name();
        let shared = from.shared_setting("DATABASE_URL").optional(url);
        let own = from.setting(&format!("{}_DATABASE_URL", database.name.to_ascii_uppercase()));
        let is_set = own.is_set();
        let found = own.optional(url).or(shared);
        if found.is_none() && !is_set {
            let fault = format!("is required; set it to a URL such as postgres://user:password@localhost/{name}");
            from.shared_setting("DATABASE_URL").missing(&fault);
        }
        DatabaseConfig {
            url: found.unwrap_or_default(),
            application: name,
            connections: from.setting("DATABASE_CONNECTIONS").or(16, parse::count),
            statement_timeout: from.setting("STATEMENT_TIMEOUT").or(Duration::from_secs(5), parse::duration),
            acquire_timeout: from.setting("ACQUIRE_TIMEOUT").or(Duration::from_secs(3), parse::duration),
        }
    }
}

/// Parses a setting that is a PostgreSQL URL. The error does not contain the URL, which can contain a password.
fn url(text: &str) -> Result<PgConnectOptions, String> {
    let url: SecretString = parse::postgres_url(text)?;
    PgConnectOptions::from_str(url.expose_secret()).map_err(|_| "is not a valid PostgreSQL URL".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_database_is_not_printed() {
        let url = ("DATABASE_URL".to_owned(), "postgres://ada:sesame@db.example.com/museum".to_owned());
        let config = DatabaseConfig::read(&mut Source::new("MUSEUM_", "", [url]), &crate::testing::THINGS);
        let text = format!("{config:?}");
        assert!(text.contains("db.example.com:5432") && !text.contains("sesame"), "{text}");
    }
}
