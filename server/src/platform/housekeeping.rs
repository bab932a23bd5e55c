//! What is swept away from time to time: rows that nobody can need any more.

use std::time::Duration;

use sqlx::PgPool;

use crate::platform::database::Databases;
use crate::platform::idempotency;
use crate::platform::shutdown::Shutdown;

/// Between two sweeps.
const PAUSE: Duration = Duration::from_secs(600);

/// Sweeps until the process ends. Several processes may do so at once.
pub fn start(databases: Databases, shutdown: Shutdown) {
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = shutdown.draining() => break,
            }
            if let Err(error) = sweep(&databases).await {
                tracing::warn!(%error, "sweeping failed; the next round tries again");
            }
        }
    });
}

/// One sweep: answers to repeat, sessions, and people who left 30 days ago.
///
/// # Errors
/// Those of the databases.
pub async fn sweep(databases: &Databases) -> Result<(), sqlx::Error> {
    idempotency::purge(&databases.users).await?;
    idempotency::purge(&databases.orders).await?;
    purge_sessions(&databases.users).await?;
    purge_users(&databases.users).await
}

async fn purge_sessions(users: &PgPool) -> Result<(), sqlx::Error> {
    // A day longer than they are good, so that a token used twice is still recognised as such.
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
    async fn only_what_left_long_ago_is_swept_away() {
        let database = TestDatabases::migrated().await;
        let users = &database.pools.users;
        for deleted in ["NULL", "now()", "now() - interval '31 days'"] {
            let insert = format!(
                "INSERT INTO users (id, email, name, password_hash, deleted_at)
                 VALUES (gen_random_uuid(), 'user@example.com', 'Sample', '', {deleted})"
            );
            sqlx::query(sqlx::AssertSqlSafe(insert)).execute(users).await.unwrap();
        }
        sweep(&database.pools).await.unwrap();
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(users).await.unwrap();
        assert_eq!(left, 2);
    }
}
