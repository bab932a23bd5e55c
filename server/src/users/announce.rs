//! The event `user.registered`: in the transaction that creates a user, and later for users who were created before there
//! were events or by another part of the server, such as the administrator.

use std::time::Duration;

use generated::latest::{UserId, UserRegistered};
use sqlx::PgPool;
use writ_platform::jobs::{Batch, Job};
use writ_platform::{Builder, Transaction};

use crate::events::{Events, not_published};

/// The time between two looks for users without their event.
const INTERVAL: Duration = Duration::from_secs(60);

/// The number of users whose events one transaction publishes.
const BATCH: i64 = 100;

/// Publishes that a user has registered.
pub(super) async fn registered(
    transaction: &mut Transaction,
    events: &Events,
    user: UserId,
    email: &str,
    name: &str,
) -> Result<(), sqlx::Error> {
    let data = UserRegistered { email: email.to_owned(), name: name.to_owned() };
    events.user_registered(transaction, user, &data).await.map(drop).map_err(not_published)
}

/// Adds the job that publishes the events of users who were created before there were events.
pub fn register_announcement(platform: &mut Builder, users: &PgPool, events: &Events) {
    let (users, events) = (users.clone(), events.clone());
    platform.job(Job::new("announce users", INTERVAL, move || {
        let (users, events) = (users.clone(), events.clone());
        async move { Ok(announce(&users, &events).await?) }
    }));
}

/// Publishes the events of some users without one.
async fn announce(users: &PgPool, events: &Events) -> Result<Batch, sqlx::Error> {
    let mut transaction = Transaction::begin(users).await?;
    let unannounced = sqlx::query!(
        "UPDATE users SET announced_at = now() WHERE id IN (
             SELECT id FROM users WHERE announced_at IS NULL AND deleted_at IS NULL
             ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
         )
         RETURNING id, email, name",
        BATCH
    );
    let mut unannounced = unannounced.fetch_all(&mut *transaction).await?;
    // A fixed order of the aggregates, whose locks the publisher takes.
    unannounced.sort_by_key(|user| user.id);
    for user in &unannounced {
        registered(&mut transaction, events, user.id.into(), &user.email, &user.name).await?;
    }
    transaction.commit().await?;
    Ok(if unannounced.len() as i64 == BATCH { Batch::More } else { Batch::Done })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_user_who_was_created_without_an_event_is_announced_once() {
        let server = testing::start().await;
        let crate::UserParts { pool: users, events, .. } = testing::users(&server);
        let published = async || {
            let count = "SELECT count(*) FROM writ.outbox WHERE type = 'user.registered'";
            sqlx::query_scalar::<_, i64>(count).fetch_one(users).await.unwrap()
        };
        // The administrator was created at start.
        assert_eq!(published().await, 0);
        for _ in 0..2 {
            assert_eq!(announce(users, events).await.unwrap(), Batch::Done);
            assert_eq!(published().await, 1);
        }
    }
}
