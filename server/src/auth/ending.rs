//! The end of login sessions, in the database and in Redis. [`Revocations`] reads the Redis markers of ended sessions
//! for each request.

use generated::latest::{SessionRevocation, SessionRevoked, UserId};
use uuid::Uuid;
use writ_platform::revocation::Revocations;
use writ_platform::{Transaction, tasks};

use crate::events::{Events, not_published};

/// The largest number of sessions that one event names.
const SESSIONS_OF_EVENT: usize = 1000;

/// The end of the login sessions of a user.
#[derive(Debug)]
pub struct Ending {
    /// The user whose sessions end.
    pub user: UserId,
    /// The session that does not end; `None` if all end.
    pub kept: Option<Uuid>,
    /// The reason why the sessions end.
    pub reason: SessionRevocation,
}

impl Ending {
    /// Returns the end of all login sessions of a user.
    pub fn of_all(user: UserId, reason: SessionRevocation) -> Ending {
        Ending { user, kept: None, reason }
    }
}

/// Ends login sessions of a user, and returns the ids of the ended sessions. Publishes that they ended.
///
/// # Errors
/// Returns the error of the database.
pub async fn end_user_sessions(
    transaction: &mut Transaction,
    events: &Events,
    ending: &Ending,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let ended = sqlx::query_scalar!(
        "UPDATE sessions SET revoked_at = now()
         WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2
         RETURNING id",
        ending.user.uuid(),
        ending.kept
    );
    let ended = ended.fetch_all(&mut **transaction).await?;
    publish(transaction, events, ending, &ended).await?;
    Ok(ended)
}

/// Ends the login session that a current or used refresh token belongs to, and returns the id of the ended
/// session. Publishes that it ended.
///
/// # Errors
/// Returns the error of the database.
pub async fn end_token_session(
    transaction: &mut Transaction,
    events: &Events,
    token_hash: &[u8; 32],
    reason: SessionRevocation,
) -> Result<Vec<Uuid>, sqlx::Error> {
    // The session is selected by id, so that a token that another request is exchanging at this moment still
    // leads to its session.
    let ended = sqlx::query!(
        "UPDATE sessions SET revoked_at = now()
         WHERE revoked_at IS NULL AND id IN (
             SELECT id FROM sessions WHERE token_hash = $1
             UNION ALL
             SELECT session_id FROM spent_tokens WHERE token_hash = $1
         )
         RETURNING id, user_id",
        token_hash
    );
    let Some(ended) = ended.fetch_optional(&mut **transaction).await? else { return Ok(Vec::new()) };
    publish(transaction, events, &Ending::of_all(ended.user_id.into(), reason), &[ended.id]).await?;
    Ok(vec![ended.id])
}

/// Publishes that login sessions of a user ended.
async fn publish(
    transaction: &mut Transaction,
    events: &Events,
    ending: &Ending,
    ended: &[Uuid],
) -> Result<(), sqlx::Error> {
    for sessions in ended.chunks(SESSIONS_OF_EVENT) {
        let data = SessionRevoked { session_ids: sessions.to_vec(), reason: ending.reason.clone() };
        events.session_revoked(transaction, ending.user, &data).await.map_err(not_published)?;
    }
    Ok(())
}

/// Commits a transaction that ended login sessions, and then invalidates the access tokens of these sessions.
///
/// Both steps continue if the request is cancelled in between. Therefore no access token outlives its session.
///
/// # Errors
/// Returns the error of the database. In that case no session has ended.
pub async fn commit(transaction: Transaction, revocations: &Revocations, ended: Vec<Uuid>) -> Result<(), sqlx::Error> {
    let revocations = revocations.clone();
    let work = async move {
        transaction.commit().await?;
        revocations.announce(&ended).await;
        Ok(())
    };
    tasks::run(work).await
}
