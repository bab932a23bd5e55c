//! Ending sessions: what the database says of them and what the gate is told, together.

use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::platform::revocation::Revocations;

/// Ends all sessions of a user but `spared`, and says which.
///
/// # Errors
/// Those of the database.
pub async fn of_user(
    connection: &mut PgConnection,
    user_id: Uuid,
    spared: Option<Uuid>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let ended = sqlx::query_scalar!(
        "UPDATE sessions SET revoked_at = now()
         WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2
         RETURNING id",
        user_id,
        spared
    );
    ended.fetch_all(connection).await
}

/// Ends the session of a refresh token, be the token good or spent, and says which.
///
/// # Errors
/// Those of the database.
pub async fn of_token(connection: &mut PgConnection, token_hash: &[u8; 32]) -> Result<Vec<Uuid>, sqlx::Error> {
    // Found by id: a token that is being spent at this moment leads to its session all the same.
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

/// Commits a transaction that ended these sessions, and tells the gate. A caller that hangs up in
/// between stops neither, so that no access token outlives its session.
///
/// # Errors
/// Those of the database; then no session has ended.
pub async fn commit(
    transaction: Transaction<'static, Postgres>,
    revocations: &Revocations,
    ended: Vec<Uuid>,
) -> Result<(), sqlx::Error> {
    let revocations = revocations.clone();
    let work = tokio::spawn(async move {
        transaction.commit().await?;
        revocations.announce(&ended).await;
        Ok(())
    });
    work.await.unwrap_or_else(|error| Err(sqlx::Error::Io(error.into())))
}
