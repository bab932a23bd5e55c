//! The SQL of login sessions and refresh tokens.

use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::revocation::Revocations;

use super::caller::Role;
use super::{ending, refresh_token};
use crate::Shop;

/// The store of login sessions in PostgreSQL.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    revocations: Revocations,
    /// The time in seconds after which an unused refresh token expires.
    refresh_lifetime: f64,
    /// The lifetime of a login session in seconds. Refreshing its tokens does not extend it.
    session_lifetime: f64,
}

/// The stored credentials of a user account, for checking a sign-in request.
#[derive(Debug, Clone)]
pub struct Account {
    /// The id of the user who owns the account.
    pub id: Uuid,
    /// The password hash of the account as a PHC string.
    pub password_hash: String,
}

/// A login session that was just opened or refreshed, with the data for its new tokens.
#[derive(Debug)]
pub struct SignedIn {
    /// The id of the login session.
    pub id: Uuid,
    /// The id of the user who signed in.
    pub user_id: Uuid,
    /// The e-mail address of the user who signed in.
    pub email: String,
    /// The role of the user who signed in.
    pub role: Role,
    /// The new refresh token of the login session. It can be used once.
    pub refresh_token: String,
}

impl Store {
    /// Creates the store of login sessions. It uses the connection pool of the database schema `users`.
    pub fn new(shop: &Shop) -> Store {
        Store {
            pool: shop.users.clone(),
            revocations: shop.revocations.clone(),
            refresh_lifetime: shop.lifetimes.refresh.as_secs_f64(),
            session_lifetime: shop.lifetimes.session.as_secs_f64(),
        }
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

    /// Opens a login session for `account`. Returns `None` if the account was deleted or its password has changed
    /// since `account` was read.
    pub async fn open(&self, account: &Account) -> Result<Option<SignedIn>, sqlx::Error> {
        let (id, refresh_token) = (Uuid::now_v7(), refresh_token::generate());
        // The statement locks the account while it writes the session. A concurrent request that deletes the
        // account or changes its password or role either commits first, or finds the new session and ends it.
        let opened = sqlx::query!(
            r#"WITH holder AS (
                 SELECT id, email, role FROM active_users WHERE id = $1 AND password_hash = $2 FOR SHARE
             ), opened AS (
                 INSERT INTO sessions (id, user_id, token_hash, expires_at, ends_at)
                 SELECT $3, id, $4, LEAST(now() + make_interval(secs => $5), now() + make_interval(secs => $6)),
                        now() + make_interval(secs => $6)
                 FROM holder
             )
             SELECT email AS "email!", role AS "role!" FROM holder"#,
            account.id,
            account.password_hash,
            id,
            &refresh_token::hash(&refresh_token),
            self.refresh_lifetime,
            self.session_lifetime
        );
        let Some(holder) = opened.fetch_optional(&self.pool).await? else { return Ok(None) };
        let role = role(&holder.role)?;
        Ok(Some(SignedIn { id, user_id: account.id, email: holder.email, role, refresh_token }))
    }

    /// Exchanges a refresh token for a new one.
    ///
    /// The exchange is one statement, so that only one of several concurrent requests with one token succeeds.
    /// Returns `None` if the token is not valid. If the token is invalid but belongs to a session, for example
    /// because it was used before, the session ends.
    pub async fn rotate(&self, token: &str) -> Result<Option<SignedIn>, sqlx::Error> {
        let (spent, refresh_token) = (refresh_token::hash(token), refresh_token::generate());
        let rotated = sqlx::query!(
            r#"WITH rotated AS (
                 UPDATE sessions
                 SET token_hash = $2, refreshed_at = now(),
                     expires_at = LEAST(now() + make_interval(secs => $3), ends_at)
                 FROM active_users AS holder
                 WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > now() AND holder.id = user_id
                 RETURNING sessions.id, user_id, email, role
             ), spent AS (
                 INSERT INTO spent_tokens (token_hash, session_id) SELECT $1, id FROM rotated
             )
             SELECT id, user_id, email AS "email!", role AS "role!" FROM rotated"#,
            &spent,
            &refresh_token::hash(&refresh_token),
            self.refresh_lifetime
        );
        let Some(session) = rotated.fetch_optional(&self.pool).await? else {
            for session in self.end_by_hash(&spent).await? {
                tracing::warn!(%session, "received a used or expired refresh token: ended its session");
            }
            return Ok(None);
        };
        let role = role(&session.role)?;
        Ok(Some(SignedIn { id: session.id, user_id: session.user_id, email: session.email, role, refresh_token }))
    }

    /// Ends the login session of a refresh token. An unknown token is not an error.
    pub async fn end(&self, token: &str) -> Result<(), sqlx::Error> {
        self.end_by_hash(&refresh_token::hash(token)).await.map(drop)
    }

    /// Ends the login session of the refresh token with this hash and returns the ids of the ended sessions.
    async fn end_by_hash(&self, token_hash: &[u8; 32]) -> Result<Vec<Uuid>, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let ended = ending::end_token_session(&mut transaction, token_hash).await?;
        ending::commit(transaction, &self.revocations, ended.clone()).await?;
        Ok(ended)
    }
}

/// Parses a user's role as the `users` table stores it. Returns an error for an unknown role; a check constraint
/// of the table prevents such a value.
fn role(text: &str) -> Result<Role, sqlx::Error> {
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
