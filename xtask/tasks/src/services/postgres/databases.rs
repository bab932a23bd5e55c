//! The databases of the services of a program: each has a role that owns it, and admits no other one.

use std::io::{Seek, Write};
use std::process::Command;

use anyhow::Context;

use super::super::psql;
use crate::folder::secret;
use crate::process::Session;

/// A database of a service.
pub struct Database {
    /// The name of the service, of the database and of its role.
    pub name: String,
    /// The URL of the database, with the password of its role.
    pub url: String,
}

/// Creates a database for each service if it does not exist, on the private server with this URL. The roles get new passwords.
pub fn create(session: &Session, server: &str, services: &[String]) -> anyhow::Result<Vec<Database>> {
    let (mut script, mut databases) = (String::new(), Vec::new());
    for name in services {
        let password = secret()?;
        script.push_str(&statements(name, &password));
        let url = url(server, name, &password).context("the URL of the private PostgreSQL has no host")?;
        databases.push(Database { name: name.clone(), url });
    }
    let mut input = tempfile::tempfile().context("cannot make a temporary file")?;
    input.write_all(script.as_bytes())?;
    input.rewind()?;
    let mut command = Command::new(psql()?);
    command.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", server]).stdin(input);
    session.run_quietly("psql", &mut command)?;
    Ok(databases)
}

/// Returns the statements for `psql` that create a role and its database, to which no other role can connect.
fn statements(name: &str, password: &str) -> String {
    format!(
        "\
SELECT 'CREATE ROLE \"{name}\"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
ALTER ROLE \"{name}\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}';
SELECT 'CREATE DATABASE \"{name}\" OWNER \"{name}\"'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
REVOKE ALL ON DATABASE \"{name}\" FROM PUBLIC;
"
    )
}

/// Returns the URL of a database on the server of another URL, with its role.
fn url(server: &str, name: &str, password: &str) -> Option<String> {
    let (scheme, rest) = server.split_once("://")?;
    let host = rest.rsplit('@').next()?.split('/').next()?;
    Some(format!("{scheme}://{name}:{password}@{host}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn the_url_of_a_database_has_its_role_and_the_host_of_the_server() {
        let found = url("postgres://writ:p@127.0.0.1:5432/writ", "users", "s");
        assert_eq!(found.as_deref(), Some("postgres://users:s@127.0.0.1:5432/users"));
    }
}
