//! The creation of the first administrator account at the start of the server.

use secrecy::ExposeSecret;
use sqlx::PgPool;
use uuid::Uuid;

use crate::platform::config::AdminConfig;
use crate::platform::password::{PasswordError, Passwords};

/// The reason why the administrator account could not be created.
#[derive(Debug)]
pub enum SeedError {
    /// The password of the administrator could not be hashed.
    Password(PasswordError),
    /// The database returned an error while the administrator account was being created.
    Database(sqlx::Error),
}

impl std::fmt::Display for SeedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SeedError::Password(error) => error.fmt(f),
            SeedError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SeedError {}

/// Creates the administrator account unless an account already uses the e-mail address. Returns true if the
/// account was created.
///
/// # Errors
/// Returns an error if the database is unavailable or the password cannot be hashed.
pub async fn administrator(users: &PgPool, passwords: &Passwords, admin: &AdminConfig) -> Result<bool, SeedError> {
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL) AS "taken!""#,
        admin.email
    );
    // This query comes first, so that a restart of the server does not hash the password again.
    if taken.fetch_one(users).await.map_err(SeedError::Database)? {
        return Ok(false);
    }
    let hash = passwords.hash(admin.password.expose_secret()).await.map_err(SeedError::Password)?;
    let inserted = sqlx::query!(
        "INSERT INTO users (id, email, email_verified_at, name, role, password_hash)
         VALUES ($1, $2, now(), 'Administrator', 'admin', $3)
         ON CONFLICT (lower(email)) WHERE deleted_at IS NULL DO NOTHING",
        Uuid::now_v7(),
        admin.email,
        hash
    );
    let inserted = inserted.execute(users).await.map_err(SeedError::Database)?;
    Ok(inserted.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabases;

    #[tokio::test]
    async fn the_administrator_is_created_once() {
        let database = TestDatabases::migrated().await;
        let users = &database.pools.users;
        let passwords = Passwords::new().unwrap();
        let admin =
            |password: &str| AdminConfig { email: "Admin@example.com".into(), password: password.to_owned().into() };
        assert!(administrator(users, &passwords, &admin("correct horse")).await.unwrap());
        assert!(!administrator(users, &passwords, &admin("another one")).await.unwrap());
        let hash: String = sqlx::query_scalar("SELECT password_hash FROM active_users WHERE role = 'admin'")
            .fetch_one(users)
            .await
            .unwrap();
        assert!(passwords.verify("correct horse", Some(&hash)).await.unwrap().is_match());
    }
}
