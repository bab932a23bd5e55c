//! The end of login sessions, in the database and in Redis. [`Revocations`] reads the Redis markers of ended sessions
//! for each request.

use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;
use writ_platform::revocation::Revocations;
use writ_platform::tasks;

/// Ends all login sessions of a user except the session `kept`, and returns the ids of the ended sessions.
///
/// # Errors
/// Returns the error of the database.
pub async fn end_user_sessions(
    connection: &mut PgConnection,
    user_id: Uuid,
    kept: Option<Uuid>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let ended = sqlx::query_scalar!(
        "UPDATE sessions SET revoked_at = now()
         WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2
         RETURNING id",
        user_id,
        kept
    );
    ended.fetch_all(connection).await
}

/// Ends the login session that a current or used refresh token belongs to, and returns the id of the ended
/// session.
///
/// # Errors
/// Returns the error of the database.
pub async fn end_token_session(connection: &mut PgConnection, token_hash: &[u8; 32]) -> Result<Vec<Uuid>, sqlx::Error> {
    // The session is selected by id, so that a token that another request is exchanging at this moment still
    // leads to its session.
    let ended = sqlx::query_scalar!(
        "UPDATE sessions SET revoked_at = now()
         WHERE revoked_at IS NULL AND id IN (
             SELECT id FROM sessions WHERE token_hash = $1
             UNION ALL
             SELECT session_id FROM spent_tokens WHERE token_hash = $1
         )
         RETURNING id",
        token_hash
    );
    ended.fetch_all(connection).await
}

/// Commits a transaction that ended login sessions, and then invalidates the access tokens of these sessions.
///
/// Both steps run in a separate task, which continues if the client disconnects in between. Therefore no access
/// token outlives its session.
///
/// # Errors
/// Returns the error of the database. In that case no session has ended.
pub async fn commit(
    transaction: Transaction<'static, Postgres>,
    revocations: &Revocations,
    ended: Vec<Uuid>,
) -> Result<(), sqlx::Error> {
    let revocations = revocations.clone();
    let work = tasks::spawn(async move {
        transaction.commit().await?;
        revocations.announce(&ended).await;
        Ok(())
    });
    work.await.unwrap_or_else(|error| Err(sqlx::Error::Io(error.into())))
}
