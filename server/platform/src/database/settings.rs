//! The settings of a PostgreSQL database.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use super::Database;
use crate::config::{Source, parse};
use crate::tls::{self, Authorities, Protection};

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

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The options of the driver would show the password.
        f.debug_struct("DatabaseConfig")
            .field("host", &self.url.get_host())
            .field("application", &self.application)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

impl DatabaseConfig {
    /// Reads the settings of a database. The source keeps the faults, and the URL of a missing or invalid setting is
    /// that of a database on this machine.
    pub(crate) fn read(from: &mut Source, database: &Database) -> DatabaseConfig {
        let name = from.service_name();
        let protection = Protection::read(from);
        let authorities = from.setting("DATABASE_CA").optional(Authorities::parse);
        let address = |text: &str| address(text, authorities.clone(), &protection);
        let shared = from.shared_setting("DATABASE_URL").optional(address);
        let own = from.setting(&url_setting(database.name));
        let is_set = own.is_set();
        let found = own.optional(address).or(shared);
        if found.is_none() && !is_set {
            let fault = format!("is required; set it to a URL such as postgres://user:password@localhost/{name}");
            from.shared_setting("DATABASE_URL").missing(&fault);
        }
        DatabaseConfig {
            url: found.unwrap_or_default(),
            application: name,
            connections: from.setting("DATABASE_CONNECTIONS").or(16, parse::count),
            statement_timeout: from.setting("STATEMENT_TIMEOUT").or(Duration::from_secs(5), parse::time_limit),
            acquire_timeout: from.setting("ACQUIRE_TIMEOUT").or(Duration::from_secs(3), parse::time_limit),
        }
    }
}

/// Returns the name of the setting with the URL of a database, without the prefix of the service.
pub(crate) fn url_setting(database: &str) -> String {
    format!("{}_DATABASE_URL", database.to_ascii_uppercase().replace('-', "_"))
}

/// Parses a PostgreSQL URL. The root certificates for its server are those of its parameter `sslrootcert`, or else
/// `authorities`. The error does not contain the URL, which can contain a password.
fn address(text: &str, authorities: Option<Authorities>, protection: &Protection) -> Result<PgConnectOptions, String> {
    let address: SecretString = parse::postgres_url(text)?;
    let url = Url::parse(text).map_err(|_| NOT_VALID.to_owned())?;
    let authorities = Authorities::in_url(&url)?.or(authorities);
    let options = PgConnectOptions::from_str(address.expose_secret()).map_err(|_| NOT_VALID.to_owned())?;
    let mode = tls_mode(&options, authorities.is_some(), protection)?;
    Ok(match authorities {
        Some(Authorities(pem)) => options.ssl_root_cert_from_pem(pem),
        None => options,
    }
    .ssl_mode(mode))
}

/// The fault of a PostgreSQL URL that cannot be parsed.
const NOT_VALID: &str = "is not a valid PostgreSQL URL";

/// Returns the TLS mode of connections. It is the one of the URL, with two differences: a connection that asks for TLS
/// verifies the certificate and the host name of the server, and a connection to another machine asks for TLS.
fn tls_mode(options: &PgConnectOptions, has_authorities: bool, protection: &Protection) -> Result<PgSslMode, String> {
    let asked = options.get_ssl_mode();
    if protection.is_optional || options.get_socket().is_some() {
        return Ok(asked);
    }
    let host = options.get_host();
    match asked {
        PgSslMode::VerifyFull | PgSslMode::Require => Ok(PgSslMode::VerifyFull),
        // Any server with a certificate of a public authority would be accepted.
        PgSslMode::VerifyCa if !has_authorities => {
            Err("sslmode=verify-ca requires sslrootcert: use sslmode=verify-full".to_owned())
        }
        PgSslMode::VerifyCa => Ok(PgSslMode::VerifyCa),
        // The default of the driver, which would use plaintext if the server does not offer TLS.
        PgSslMode::Prefer if has_authorities || !tls::is_this_machine(host) => Ok(PgSslMode::VerifyFull),
        PgSslMode::Prefer => Ok(PgSslMode::Prefer),
        PgSslMode::Disable | PgSslMode::Allow => {
            protection.accept_plaintext(host, "use sslmode=verify-full").map(|()| asked)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, others: &[(&str, &str)]) -> Result<PgSslMode, String> {
        static MUSEUM: Database = Database::new("museum", &sqlx::migrate::Migrator::DEFAULT);
        let variables = [("DATABASE_URL", url)].into_iter().chain(others.iter().copied());
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut source = Source::new("MUSEUM_", "", variables);
        let config = DatabaseConfig::read(&mut source, &MUSEUM);
        source.finish().map_err(|error| error.faults.join("; "))?;
        assert!(!format!("{config:?}").contains("secret"), "{config:?}");
        Ok(config.url.get_ssl_mode())
    }

    fn mode(host: &str, mode: &str) -> Result<String, String> {
        read(&format!("postgres://u:secret@{host}/d?{mode}"), &[]).map(|mode| format!("{mode:?}"))
    }

    #[test]
    fn a_connection_to_another_machine_verifies_the_server() {
        for asked in ["", "sslmode=prefer", "sslmode=require", "sslmode=verify-full"] {
            assert_eq!(mode("db.example.com", asked).unwrap(), "VerifyFull", "{asked}");
        }
        assert_eq!(mode("localhost", "sslmode=require").unwrap(), "VerifyFull");
        assert_eq!(mode("localhost", "").unwrap(), "Prefer");
        assert_eq!(mode("localhost", "sslmode=disable").unwrap(), "Disable");
    }

    #[test]
    fn the_url_of_one_database_takes_precedence_over_the_shared_one() {
        let own = [("MUSEUM_MUSEUM_DATABASE_URL", "postgres://localhost/d?sslmode=require")];
        assert!(matches!(read("postgres://localhost/d?sslmode=disable", &own).unwrap(), PgSslMode::VerifyFull));
        assert_eq!(url_setting("guided-tours"), "GUIDED_TOURS_DATABASE_URL");
    }

    #[test]
    fn plaintext_to_another_machine_requires_a_setting() {
        for asked in ["sslmode=disable", "sslmode=allow", "sslmode=verify-ca"] {
            let fault = mode("10.0.0.1", asked).unwrap_err();
            assert!(fault.starts_with("DATABASE_URL: ") && fault.contains("sslmode=verify-full"), "{fault}");
            assert!(!fault.contains("secret"), "{fault}");
        }
        let accepted = read("postgres://10.0.0.1/d?sslmode=disable", &[("MUSEUM_INSECURE_STORES", "on")]).unwrap();
        assert!(matches!(accepted, PgSslMode::Disable));
    }

    #[test]
    fn root_certificates_that_cannot_be_read_are_a_fault() {
        let fault = mode("localhost", "sslrootcert=/nowhere/ca.pem").unwrap_err();
        assert!(fault.starts_with("DATABASE_URL: sslrootcert cannot read the certificates in"), "{fault}");
        let fault = read("postgres://localhost/d", &[("MUSEUM_DATABASE_CA", "/nowhere/ca.pem")]).unwrap_err();
        assert!(fault.starts_with("MUSEUM_DATABASE_CA: cannot read"), "{fault}");
    }
}
