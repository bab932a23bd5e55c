//! The SQL of login sessions and refresh tokens.

use generated::latest::SessionRevocation;
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::Transaction;
use writ_platform::credentials::{LoginSession, RefreshToken};
use writ_platform::revocation::Revocations;

use super::caller::Role;
use super::ending;
use crate::UserParts;
use crate::events::Events;

/// The store of login sessions in PostgreSQL.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    events: Events,
    revocations: Revocations,
}

/// The stored credentials of a user account, for checking a sign-in request.
#[derive(Debug, Clone)]
pub struct Account {
    /// The id of the user who owns the account.
    pub id: Uuid,
    /// The password hash of the account as a PHC string.
    pub password_hash: String,
}

/// The user who holds a login session, with the data for the claims of the session's tokens.
#[derive(Debug)]
pub struct Holder {
    /// The id of the user who signed in.
    pub id: Uuid,
    /// The e-mail address of the user who signed in.
    pub email: String,
    /// The role of the user who signed in.
    pub role: Role,
}

impl Store {
    /// Creates the store of login sessions. It uses the connection pool of the database schema `users`.
    pub fn new(parts: &UserParts) -> Store {
        Store { pool: parts.pool.clone(), events: parts.events.clone(), revocations: parts.revocations.clone() }
    }

    /// Returns the credentials of the account with this e-mail address. The comparison ignores letter case.
    pub async fn account(&self, email: &str) -> Result<Option<Account>, sqlx::Error> {
        let found = sqlx::query_as!(
            Account,
            r#"SELECT id AS "id!", password_hash AS "password_hash!" FROM active_users WHERE lower(email) = lower($1)"#,
            email
        );
        found.fetch_optional(&self.pool).await
    }

    /// Replaces the weak hash of a password by a stronger hash of this password, unless the password has changed
    /// since `account` was read.
    pub async fn strengthen(&self, account: &Account, password_hash: &str) -> Result<(), sqlx::Error> {
        let strengthen = sqlx::query!(
            "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            account.id,
            account.password_hash,
            password_hash
        );
        strengthen.execute(&self.pool).await.map(drop)
    }

    /// Stores a new login session of `account`, and returns its holder. Returns `None` if the account was deleted or its
    /// password has changed since `account` was read.
    pub async fn open(
        &self,
        account: &Account,
        session: LoginSession,
        refresh: &RefreshToken,
    ) -> Result<Option<Holder>, sqlx::Error> {
        // The statement locks the account while it writes the session. A concurrent request that deletes the
        // account or changes its password or role either commits first, or finds the new session and ends it.
        let opened = sqlx::query!(
            r#"WITH holder AS (
                 SELECT id, email, role FROM active_users WHERE id = $1 AND password_hash = $2 FOR SHARE
             ), opened AS (
                 INSERT INTO sessions (id, user_id, token_hash, expires_at, ends_at) SELECT $3, id, $4, $5, $6 FROM holder
             )
             SELECT id AS "id!", email AS "email!", role AS "role!" FROM holder"#,
            account.id,
            account.password_hash,
            session.id,
            &refresh.hash(),
            refresh.expires_at,
            session.ends_at
        );
        let Some(holder) = opened.fetch_optional(&self.pool).await? else { return Ok(None) };
        Ok(Some(Holder { id: holder.id, email: holder.email, role: role(&holder.role)? }))
    }

    /// Returns the login session whose current refresh token has this hash, and the id of its user.
    pub async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<(Uuid, LoginSession)>, sqlx::Error> {
        let found = sqlx::query!("SELECT id, user_id, ends_at FROM sessions WHERE token_hash = $1", token_hash);
        let found = found.fetch_optional(&self.pool).await?;
        Ok(found.map(|row| (row.user_id, LoginSession { id: row.id, ends_at: row.ends_at })))
    }

    /// Exchanges the refresh token with the hash `spent` for the token `next`, and returns the holder of the session.
    ///
    /// The exchange is one statement, so that only one of several concurrent requests with one token succeeds.
    /// Returns `None` if the token is not valid, or not valid any more.
    pub async fn rotate(&self, spent: &[u8; 32], next: &RefreshToken) -> Result<Option<Holder>, sqlx::Error> {
        let rotated = sqlx::query!(
            r#"WITH rotated AS (
                 UPDATE sessions SET token_hash = $2, refreshed_at = now(), expires_at = $3
                 FROM active_users AS holder
                 WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > now() AND holder.id = user_id
                 RETURNING sessions.id, user_id, email, role
             ), spent AS (
                 INSERT INTO spent_tokens (token_hash, session_id) SELECT $1, id FROM rotated
             )
             SELECT user_id, email AS "email!", role AS "role!" FROM rotated"#,
            spent,
            &next.hash(),
            next.expires_at
        );
        let Some(holder) = rotated.fetch_optional(&self.pool).await? else { return Ok(None) };
        Ok(Some(Holder { id: holder.user_id, email: holder.email, role: role(&holder.role)? }))
    }

    /// Ends the login session that a used or expired refresh token belongs to, because the token may have been stolen.
    pub async fn end_reused(&self, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
        for session in self.end_by_hash(token_hash, SessionRevocation::TokenReused).await? {
            tracing::warn!(%session, "received a used or expired refresh token: ended its session");
        }
        Ok(())
    }

    /// Ends the login session of a refresh token. An unknown token is not an error.
    pub async fn end(&self, token: &str) -> Result<(), sqlx::Error> {
        self.end_by_hash(&RefreshToken::hash_of(token), SessionRevocation::Logout).await.map(drop)
    }

    /// Ends the login session of the refresh token with this hash and returns the ids of the ended sessions.
    async fn end_by_hash(&self, token_hash: &[u8; 32], reason: SessionRevocation) -> Result<Vec<Uuid>, sqlx::Error> {
        let mut transaction = Transaction::begin(&self.pool).await?;
        let ended = ending::end_token_session(&mut transaction, &self.events, token_hash, reason).await?;
        ending::commit(transaction, &self.revocations, ended.clone()).await?;
        Ok(ended)
    }
}

/// Parses a user's role as the `users` table stores it. Returns an error for an unknown role; a check constraint
/// of the table prevents such a value.
fn role(text: &str) -> Result<Role, sqlx::Error> {
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
