//! The creation of the first administrator account at the start of the server.

use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::config::{Source, parse};
use writ_platform::credentials::Passwords;
use writ_platform::{BoxError, Builder, seed};

/// The settings of the administrator account that the server creates when it starts.
#[derive(Debug, Clone)]
struct AdminConfig {
    /// The e-mail address of the administrator account. Default: `admin@example.com`.
    email: String,
    /// The password of the administrator if the account is created. The password of an existing account is not
    /// changed.
    password: SecretString,
}

impl AdminConfig {
    /// Reads the settings of the administrator account. Returns `None` if no password is set, so that the server
    /// creates no administrator.
    fn read(from: &mut Source) -> Option<AdminConfig> {
        let email = from.shared_setting("ADMIN_EMAIL").or("admin@example.com".to_owned(), parse::email);
        let password = from.shared_setting("ADMIN_PASSWORD").optional(password)?;
        Some(AdminConfig { email, password })
    }
}

/// Accepts a password for the administrator with 12 to 128 characters, the limits of the contract.
fn password(text: &str) -> Result<SecretString, String> {
    match text.chars().count() {
        12..=128 => Ok(SecretString::from(text)),
        _ => Err("must have 12 to 128 characters".to_owned()),
    }
}

/// Adds the creation of the administrator to the start of the server, if its password is set.
pub fn register_administrator(platform: &mut Builder, users: &PgPool, passwords: &Passwords) {
    let Some(admin) = AdminConfig::read(platform.settings()) else { return };
    let (users, passwords) = (users.clone(), passwords.clone());
    platform.at_start("create the administrator of ADMIN_EMAIL", move || {
        let (users, passwords, admin) = (users.clone(), passwords.clone(), admin.clone());
        async move {
            if create(&users, &passwords, &admin).await? {
                tracing::info!(email = admin.email, "created the administrator");
            }
            Ok(())
        }
    });
}

/// Creates the administrator account, once in the life of the database. Returns true if the account was created.
///
/// An account that already uses the e-mail address is not changed. The next start tries again.
async fn create(users: &PgPool, passwords: &Passwords, admin: &AdminConfig) -> Result<bool, BoxError> {
    seed::once(users, "administrator", async |transaction| {
        let hash = passwords.hash(admin.password.expose_secret()).await?;
        let inserted = sqlx::query!(
            "INSERT INTO users (id, email, email_verified_at, name, role, password_hash)
         VALUES ($1, $2, now(), 'Administrator', 'admin', $3)
         ON CONFLICT (lower(email)) WHERE deleted_at IS NULL DO NOTHING",
            Uuid::now_v7(),
            admin.email,
            hash
        );
        let created = inserted.execute(&mut **transaction).await?.rows_affected() == 1;
        if !created {
            tracing::warn!("the address of ADMIN_EMAIL belongs to an account: no administrator is created");
        }
        Ok::<_, BoxError>(created)
    })
    .await
}

#[cfg(test)]
mod tests {
    use sqlx::migrate::Migrator;
    use writ_platform::Database;

    use super::*;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn the_administrator_is_created_once() {
        let database = TestDatabase::migrated(&crate::USERS).await;
        let users = &database.pool;
        let passwords = Passwords::new();
        let admin =
            |password: &str| AdminConfig { email: "Admin@example.com".into(), password: password.to_owned().into() };
        assert!(create(users, &passwords, &admin("correct horse")).await.unwrap());
        assert!(!create(users, &passwords, &admin("another one")).await.unwrap());
        let hash: String = sqlx::query_scalar("SELECT password_hash FROM active_users WHERE role = 'admin'")
            .fetch_one(users)
            .await
            .unwrap();
        assert!(passwords.verify("correct horse", Some(&hash)).await.unwrap().is_match());
    }

    #[tokio::test]
    async fn an_older_server_that_created_an_administrator_counts_as_seeded() {
        let older: Vec<_> = crate::USERS.migrations.iter().take(4).cloned().collect();
        let older: &Migrator = Box::leak(Box::new(Migrator::with_migrations(older)));
        let database = TestDatabase::migrated(&Database::new("users", older)).await;
        let insert = "INSERT INTO users (id, email, name, role, password_hash, deleted_at)
                      VALUES (gen_random_uuid(), 'admin@example.com', 'Administrator', 'admin', '', now())";
        sqlx::query(insert).execute(&database.pool).await.unwrap();
        let users = database.migrate(&crate::USERS).await;
        let admin = AdminConfig { email: "admin@example.com".into(), password: "correct horse".to_owned().into() };
        assert!(!create(&users, &Passwords::new(), &admin).await.unwrap());
    }

    #[test]
    fn the_password_is_neither_printed_nor_repeated_in_a_fault() {
        let source = |password: &str| Source::new("WRIT_", "", [("ADMIN_PASSWORD".to_owned(), password.to_owned())]);
        let mut valid = source("sesame sesame");
        assert!(!format!("{:?}", AdminConfig::read(&mut valid).unwrap()).contains("sesame"));
        let mut short = source("sesame");
        assert!(AdminConfig::read(&mut short).is_none());
        assert_eq!(short.finish().unwrap_err().faults, ["ADMIN_PASSWORD: must have 12 to 128 characters"]);
    }
}
