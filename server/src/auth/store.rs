//! The SQL of sessions.

use sqlx::PgPool;
use uuid::Uuid;

use super::{ending, refresh_token};
use crate::platform::Platform;
use crate::platform::caller::Role;
use crate::platform::revocation::Revocations;

/// Sessions in PostgreSQL.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    revocations: Revocations,
    /// How long a refresh token is good when it is not used, in seconds.
    refresh_lifetime: f64,
    /// How long a session lasts however often it is refreshed, in seconds.
    session_lifetime: f64,
}

/// What somebody who signs in is checked against.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: Uuid,
    pub password_hash: String,
}

/// A session that was opened or continued.
#[derive(Debug)]
pub struct SignedIn {
    pub id: Uuid,
    pub user_id: Uuid,
    pub email: String,
    pub role: Role,
    /// To continue with, once.
    pub refresh_token: String,
}

impl Store {
    /// Sessions in the database of users.
    pub fn new(platform: &Platform) -> Store {
        let lifetimes = &platform.config.tokens;
        Store {
            pool: platform.databases.users.clone(),
            revocations: platform.revocations.clone(),
            refresh_lifetime: lifetimes.refresh_lifetime.as_secs_f64(),
            session_lifetime: lifetimes.session_lifetime.as_secs_f64(),
        }
    }

    /// The account of that address.
    pub async fn account(&self, email: &str) -> Result<Option<Account>, sqlx::Error> {
        let found = sqlx::query_as!(
            Account,
            r#"SELECT id AS "id!", password_hash AS "password_hash!" FROM active_users WHERE lower(email) = lower($1)"#,
            email
        );
        found.fetch_optional(&self.pool).await
    }

    /// Keeps a stronger hash of the same password, unless the password was changed meanwhile.
    pub async fn strengthen(&self, account: &Account, password_hash: &str) -> Result<(), sqlx::Error> {
        let strengthen = sqlx::query!(
            "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            account.id,
            account.password_hash,
            password_hash
        );
        strengthen.execute(&self.pool).await.map(drop)
    }

    /// Opens a session. `None`: the account was closed or its password changed since it was read.
    pub async fn open(&self, account: &Account) -> Result<Option<SignedIn>, sqlx::Error> {
        let (id, refresh_token) = (Uuid::now_v7(), refresh_token::generate());
        // The account is locked while its session is written: whoever closes it or changes its
        // password or role either comes first, or finds the session and ends it.
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

    /// Spends a refresh token for its successor, in one statement, so that of many callers with one
    /// token one succeeds. `None`: the token is not good; was it spent, its session has now ended.
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
                tracing::warn!(%session, "a refresh token came that is no longer good: its session has ended");
            }
            return Ok(None);
        };
        let role = role(&session.role)?;
        Ok(Some(SignedIn { id: session.id, user_id: session.user_id, email: session.email, role, refresh_token }))
    }

    /// Ends the session of a refresh token, if there is one.
    pub async fn end(&self, token: &str) -> Result<(), sqlx::Error> {
        self.end_by_hash(&refresh_token::hash(token)).await.map(drop)
    }

    async fn end_by_hash(&self, token_hash: &[u8; 32]) -> Result<Vec<Uuid>, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let ended = ending::of_token(&mut transaction, token_hash).await?;
        ending::commit(transaction, &self.revocations, ended.clone()).await?;
        Ok(ended)
    }
}

/// The role of a column that a check constraint keeps to known ones.
fn role(text: &str) -> Result<Role, sqlx::Error> {
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
