//! The periodic deletion of expired database rows.

use std::time::Duration;

use sqlx::PgPool;

use crate::platform::database::Databases;
use crate::platform::idempotency;
use crate::platform::shutdown::Shutdown;

/// The time between two deletions of expired database rows.
const INTERVAL: Duration = Duration::from_secs(600);

/// Starts a task that deletes expired database rows every 10 minutes until the shutdown begins. Several processes
/// can run this task concurrently.
pub fn start(databases: Databases, shutdown: Shutdown) {
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = shutdown.draining() => break,
            }
            if let Err(error) = delete_expired(&databases).await {
                tracing::warn!(%error, "deleting expired rows failed: trying again in the next run");
            }
        }
    });
}

/// Deletes expired idempotency records, sessions that expired more than a day ago, and users that were deleted
/// more than 30 days ago.
///
/// # Errors
/// Returns the error of the database.
pub async fn delete_expired(databases: &Databases) -> Result<(), sqlx::Error> {
    idempotency::purge(&databases.users).await?;
    idempotency::purge(&databases.orders).await?;
    purge_sessions(&databases.users).await?;
    purge_users(&databases.users).await
}

async fn purge_sessions(users: &PgPool) -> Result<(), sqlx::Error> {
    // The row of a session is kept for a day after the session expires, so that a second use of its refresh token
    // is still detected.
    let purge = sqlx::query!("DELETE FROM sessions WHERE expires_at < now() - interval '1 day'");
    purge.execute(users).await.map(drop)
}

async fn purge_users(users: &PgPool) -> Result<(), sqlx::Error> {
    let purge = sqlx::query!("DELETE FROM users WHERE deleted_at < now() - interval '30 days'");
    purge.execute(users).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabases;

    #[tokio::test]
    async fn only_users_deleted_long_ago_are_removed() {
        let database = TestDatabases::migrated().await;
        let users = &database.pools.users;
        for deleted in ["NULL", "now()", "now() - interval '31 days'"] {
            let insert = format!(
                "INSERT INTO users (id, email, name, password_hash, deleted_at)
                 VALUES (gen_random_uuid(), 'user@example.com', 'Sample', '', {deleted})"
            );
            sqlx::query(sqlx::AssertSqlSafe(insert)).execute(users).await.unwrap();
        }
        delete_expired(&database.pools).await.unwrap();
        let remaining: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(users).await.unwrap();
        assert_eq!(remaining, 2);
    }
}
