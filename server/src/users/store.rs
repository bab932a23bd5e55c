//! The SQL of users.

use chrono::{DateTime, Utc};
use generated::v1::{User, UserId, UserPatch, UserReplacement, UserRole};
use sqlx::{PgPool, QueryBuilder};
use uuid::Uuid;
use writ_runtime::{ETag, IfMatch};

use super::list::{self, Filter};
use super::refusal::{ChangeError, DeleteError};
use crate::auth::ending;
use crate::listing::MOST_COUNTED;
use crate::platform::Platform;
use crate::platform::caller::Caller;
use crate::platform::keyset::{Paging, Rows};
use crate::platform::revocation::Revocations;

/// The scope that opens everybody's account.
const EVERYBODY: &str = "users:admin";

/// Users in PostgreSQL.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    revocations: Revocations,
}

/// A user and which version of it this is.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub user: User,
    version: i32,
}

/// What shall be different; `None` stays.
#[derive(Debug)]
pub struct Changes {
    email: Option<String>,
    name: Option<String>,
    role: Option<UserRole>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Store {
    /// Users in their database.
    pub fn new(platform: &Platform) -> Store {
        Store { pool: platform.databases.users.clone(), revocations: platform.revocations.clone() }
    }

    /// One page of everybody.
    pub async fn list(&self, filter: &Filter, paging: &Paging<'_>) -> Result<Rows<Account>, sqlx::Error> {
        let mut query = QueryBuilder::new(
            "SELECT id, email, name, role, version, created_at, updated_at FROM active_users WHERE TRUE",
        );
        filter.push(&mut query);
        paging.push(&mut query);
        let rows: Vec<Row> = query.build_query_as().fetch_all(&self.pool).await?;
        let accounts = rows.into_iter().map(Account::try_from).collect::<Result<_, _>>()?;
        Ok(paging.rows(accounts, list::value))
    }

    /// How many there are, as far as lists count.
    pub async fn count(&self, filter: &Filter) -> Result<u64, sqlx::Error> {
        let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT FROM active_users WHERE TRUE");
        filter.push(&mut query);
        query.push(" LIMIT ").push_bind(MOST_COUNTED).push(") AS counted");
        let count: i64 = query.build_query_scalar().fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }

    /// Makes a user of the role `user`. `None`: somebody has the address.
    pub async fn insert(&self, email: &str, name: &str, password_hash: &str) -> Result<Option<Account>, sqlx::Error> {
        let inserted = sqlx::query_as!(
            Row,
            "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)
             ON CONFLICT (lower(email)) WHERE deleted_at IS NULL DO NOTHING
             RETURNING id, email, name, role, version, created_at, updated_at",
            UserId::generate().uuid(),
            email,
            name,
            password_hash
        );
        inserted.fetch_optional(&self.pool).await?.map(Account::try_from).transpose()
    }

    /// The user of that id, if the caller may see it.
    pub async fn find(&self, id: UserId, caller: &Caller) -> Result<Option<Account>, sqlx::Error> {
        let found = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", email AS "email!", name AS "name!", role AS "role!", version AS "version!",
                      created_at AS "created_at!", updated_at AS "updated_at!"
               FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)"#,
            id.uuid(),
            owner(caller)
        );
        found.fetch_optional(&self.pool).await?.map(Account::try_from).transpose()
    }

    /// Changes a user that the caller may see and that is of a version that `condition` names.
    pub async fn change(
        &self,
        id: UserId,
        caller: &Caller,
        condition: &IfMatch,
        changes: Changes,
    ) -> Result<Account, ChangeError> {
        let (versions, mut transaction) = (versions(condition), self.pool.begin().await?);
        // The row is locked as it is now, then written only if all is well: what was found tells a
        // missing row from a stale one, without a moment in between.
        let found = sqlx::query!(
            r#"WITH target AS (
                 SELECT id, created_at, role AS old_role, version + 1 AS version,
                        COALESCE($3, email) AS email, COALESCE($4, name) AS name, COALESCE($5, role) AS role,
                        $6 OR role = COALESCE($5, role) AS allowed,
                        $7::text[] IS NULL OR version::text = ANY ($7) AS fresh
                 FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)
                 FOR UPDATE
             ), changed AS (
                 UPDATE users
                 SET email = target.email, name = target.name, role = target.role, version = target.version,
                     updated_at = now(),
                     email_verified_at = CASE WHEN lower(users.email) = lower(target.email) THEN email_verified_at END
                 FROM target WHERE users.id = target.id AND allowed AND fresh
             )
             SELECT id AS "id!", email AS "email!", name AS "name!", role AS "role!", version AS "version!",
                    created_at AS "created_at!", now() AS "updated_at!",
                    old_role AS "old_role!", allowed AS "allowed!", fresh AS "fresh!"
             FROM target"#,
            id.uuid(),
            owner(caller),
            changes.email,
            changes.name,
            changes.role.map(UserRole::as_str),
            caller.may(EVERYBODY),
            versions.as_deref()
        );
        let found = found.fetch_optional(&mut *transaction).await?.ok_or(ChangeError::NotFound)?;
        if !found.allowed {
            return Err(ChangeError::RoleNotAllowed);
        }
        if !found.fresh {
            return Err(ChangeError::Stale);
        }
        let mut ended = Vec::new();
        if found.role != found.old_role {
            // Their access tokens say what they may do no longer.
            ended = ending::of_user(&mut transaction, id.uuid(), None).await?;
        }
        ending::commit(transaction, &self.revocations, ended).await?;
        let row = Row {
            id: found.id,
            email: found.email,
            name: found.name,
            role: found.role,
            version: found.version,
            created_at: found.created_at,
            updated_at: found.updated_at,
        };
        Ok(Account::try_from(row)?)
    }

    /// Closes an account under the same conditions, and ends its sessions.
    pub async fn delete(&self, id: UserId, caller: &Caller, condition: &IfMatch) -> Result<(), DeleteError> {
        let (versions, mut transaction) = (versions(condition), self.pool.begin().await?);
        let fresh = sqlx::query_scalar!(
            r#"WITH target AS (
                 SELECT id, $3::text[] IS NULL OR version::text = ANY ($3) AS fresh
                 FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)
                 FOR UPDATE
             ), closed AS (
                 UPDATE users SET deleted_at = now() FROM target WHERE users.id = target.id AND fresh
             )
             SELECT fresh AS "fresh!" FROM target"#,
            id.uuid(),
            owner(caller),
            versions.as_deref()
        );
        let fresh = fresh.fetch_optional(&mut *transaction).await?.ok_or(DeleteError::NotFound)?;
        if !fresh {
            return Err(DeleteError::Stale);
        }
        let ended = ending::of_user(&mut transaction, id.uuid(), None).await?;
        Ok(ending::commit(transaction, &self.revocations, ended).await?)
    }

    /// What is kept of the password of a user that the caller may see.
    pub async fn password_hash(&self, id: UserId, caller: &Caller) -> Result<Option<String>, sqlx::Error> {
        let found = sqlx::query_scalar!(
            r#"SELECT password_hash AS "password_hash!"
               FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)"#,
            id.uuid(),
            owner(caller)
        );
        found.fetch_optional(&self.pool).await
    }

    /// Sets a password and ends all sessions but `spared`. False: it is no longer the one that was
    /// checked.
    pub async fn change_password(
        &self,
        id: UserId,
        checked: &str,
        new: &str,
        spared: Uuid,
    ) -> Result<bool, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query!(
            "UPDATE users SET password_hash = $3, version = version + 1, updated_at = now()
             WHERE id = $1 AND password_hash = $2 AND deleted_at IS NULL",
            id.uuid(),
            checked,
            new
        );
        if changed.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let ended = ending::of_user(&mut transaction, id.uuid(), Some(spared)).await?;
        ending::commit(transaction, &self.revocations, ended).await?;
        Ok(true)
    }
}

impl Account {
    /// What `If-Match` and `If-None-Match` name this version by.
    pub fn etag(&self) -> ETag {
        ETag::strong(self.version)
    }
}

impl TryFrom<Row> for Account {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Account, sqlx::Error> {
        let user = User {
            id: row.id.into(),
            email: row.email,
            name: row.name,
            role: row.role.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Account { user, version: row.version })
    }
}

impl From<UserReplacement> for Changes {
    fn from(body: UserReplacement) -> Changes {
        Changes { email: Some(body.email), name: Some(body.name), role: Some(body.role) }
    }
}

impl From<UserPatch> for Changes {
    fn from(UserPatch { email, name, role }: UserPatch) -> Changes {
        Changes { email, name, role }
    }
}

/// The only user that the caller may see; `None`: all are seen.
fn owner(caller: &Caller) -> Option<Uuid> {
    (!caller.may(EVERYBODY)).then_some(caller.user_id)
}

/// The versions that a condition names, as text; `None`: any. A weak tag never matches
/// (RFC 9110 § 13.1.1).
fn versions(condition: &IfMatch) -> Option<Vec<String>> {
    match condition {
        IfMatch::Any => None,
        IfMatch::Tags(tags) => Some(tags.iter().filter(|tag| !tag.weak).map(|tag| tag.tag.clone()).collect()),
    }
}
