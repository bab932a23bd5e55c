//! The deletion of users who were deleted long ago, with all their data.

use std::time::Duration;

use sqlx::PgPool;
use writ_platform::Builder;
use writ_platform::jobs::{Expired, Job};

/// The users who were deleted more than 30 days ago.
const EXPIRED: Expired = Expired::new("users", "deleted_at").after(Duration::from_secs(30 * 24 * 3600));

/// Adds the job that deletes users who were deleted long ago.
pub fn register_purge(platform: &mut Builder, users: &PgPool) {
    platform.job(Job::purge("deleted users", users, EXPIRED));
}

#[cfg(test)]
mod tests {
    use writ_platform::jobs::Batch;
    use writ_platform::testing::unindexed_foreign_keys;

    use super::*;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn only_users_deleted_long_ago_are_removed() {
        let database = TestDatabase::migrated(&crate::USERS).await;
        for deleted in ["NULL", "now()", "now() - interval '31 days'"] {
            let insert = format!(
                "INSERT INTO users (id, email, name, password_hash, deleted_at)
                 VALUES (gen_random_uuid(), 'user@example.com', 'Sample', '', {deleted})"
            );
            sqlx::query(sqlx::AssertSqlSafe(insert)).execute(&database.pool).await.unwrap();
        }
        assert_eq!(Job::purge("users", &database.pool, EXPIRED).run_batch().await.unwrap(), Batch::Done);
        let remaining: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&database.pool).await.unwrap();
        assert_eq!(remaining, 2);
    }

    #[tokio::test]
    async fn the_address_of_a_deleted_user_can_be_used_again() {
        let database = TestDatabase::migrated(&crate::USERS).await;
        let insert = "INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), $1, 'Sample', '')";
        let users = &database.pool;
        sqlx::query(insert).bind("user@example.com").execute(users).await.unwrap();
        sqlx::query(insert).bind("USER@example.com").execute(users).await.unwrap_err();
        sqlx::query("UPDATE users SET deleted_at = now()").execute(users).await.unwrap();
        sqlx::query(insert).bind("USER@example.com").execute(users).await.unwrap();
    }

    #[tokio::test]
    async fn every_foreign_key_has_an_index() {
        for owned in [&crate::USERS, &crate::ORDERS] {
            let database = TestDatabase::migrated(owned).await;
            assert_eq!(unindexed_foreign_keys(&database.pool, owned.schema).await, [""; 0]);
        }
    }
}
