//! The SQL that finds, lists and creates user accounts.

use chrono::{DateTime, Utc};
use generated::latest::{NewUser, User, UserId};
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;
use writ_platform::keyset::{Paging, Rows};
use writ_platform::listing::count;
use writ_platform::revocation::Revocations;
use writ_platform::{Principal as _, Transaction};
use writ_runtime::ETag;

use super::announce;
use super::list::{self, Filter};
use super::name::full_name;
use super::refusal::CreateError;
use crate::UserParts;
use crate::auth::caller::Caller;
use crate::events::Events;

/// The scope that grants access to the accounts of all users.
pub(super) const ADMIN_SCOPE: &str = "users:admin";

/// The store of user accounts in PostgreSQL.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) pool: PgPool,
    pub(super) events: Events,
    pub(super) revocations: Revocations,
}

/// A user together with the version of the user's database row.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user as API responses contain it.
    pub user: User,
    version: i32,
}

/// A row of the view `active_users`, which contains the users that are not deleted.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    pub email: String,
    pub given_name: String,
    pub family_name: String,
    pub role: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Store {
    /// Creates the store of user accounts. It uses the connection pool of the database schema `users`.
    pub fn new(parts: &UserParts) -> Store {
        Store { pool: parts.pool.clone(), events: parts.events.clone(), revocations: parts.revocations.clone() }
    }

    /// Returns a page of the users that match the filters.
    pub async fn list(&self, filter: &Filter, paging: &Paging<'_>) -> Result<Rows<Account>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        let rows = rows(&mut connection, filter, paging).await?;
        let count =
            async || count(&mut connection, "SELECT FROM active_users WHERE TRUE", |query| filter.push(query)).await;
        let total = paging.total(&rows, count).await?;
        let accounts = rows.into_iter().map(Account::try_from).collect::<Result<_, _>>()?;
        Ok(paging.rows(accounts, total, list::value))
    }

    /// Creates a user with the role `user`, and publishes that the user has registered.
    pub async fn insert(&self, user: &NewUser, password_hash: &str) -> Result<Account, CreateError> {
        let mut transaction = Transaction::begin(&self.pool).await?;
        // A trigger sets `name`, which processes of an older release read.
        let inserted = sqlx::query_as!(
            Row,
            "INSERT INTO users (id, email, name, given_name, family_name, password_hash, announced_at)
             VALUES ($1, $2, '', $3, $4, $5, now())
             ON CONFLICT (lower(email)) WHERE deleted_at IS NULL DO NOTHING
             RETURNING id, email, given_name, family_name, role, version, created_at, updated_at",
            UserId::generate().uuid(),
            user.email,
            user.given_name,
            user.family_name,
            password_hash
        );
        let row = inserted.fetch_optional(&mut *transaction).await?.ok_or(CreateError::EmailTaken)?;
        let account = Account::try_from(row)?;
        let name = full_name(&user.given_name, &user.family_name);
        announce::registered(&mut transaction, &self.events, account.user.id, &user.email, &name).await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// Returns the user with this id. Returns `None` if the user does not exist or the caller cannot see the
    /// user.
    pub async fn find(&self, id: UserId, caller: &Caller) -> Result<Option<Account>, sqlx::Error> {
        let found = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", email AS "email!", given_name AS "given_name!", family_name AS "family_name!",
                      role AS "role!", version AS "version!", created_at AS "created_at!",
                      updated_at AS "updated_at!"
               FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)"#,
            id.uuid(),
            owner(caller)
        );
        found.fetch_optional(&self.pool).await?.map(Account::try_from).transpose()
    }

    /// Returns the stored password hash of a user. Returns `None` if the user does not exist or the caller cannot
    /// see the user.
    pub async fn password_hash(&self, id: UserId, caller: &Caller) -> Result<Option<String>, sqlx::Error> {
        let found = sqlx::query_scalar!(
            r#"SELECT password_hash AS "password_hash!"
               FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)"#,
            id.uuid(),
            owner(caller)
        );
        found.fetch_optional(&self.pool).await
    }
}

/// Returns the rows of a page of the users that match the filters.
pub(super) async fn rows(
    connection: &mut PgConnection,
    filter: &Filter,
    paging: &Paging<'_>,
) -> Result<Vec<Row>, sqlx::Error> {
    let mut query = page_query(filter, paging);
    query.build_query_as().persistent(!filter.is_selective()).fetch_all(connection).await
}

/// Returns the query of a page of the users that match the filters.
pub(super) fn page_query(filter: &Filter, paging: &Paging<'_>) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(
        "SELECT id, email, given_name, family_name, role, version, created_at, updated_at FROM active_users WHERE TRUE",
    );
    filter.push(&mut query);
    paging.push(&mut query);
    query
}

impl Account {
    /// Returns the entity tag of the user's current version, for the header `ETag`.
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
            given_name: row.given_name,
            family_name: row.family_name,
            role: row.role.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Account { user, version: row.version })
    }
}

/// Returns the id of the only user that the caller can see, or `None` if the caller can see all users, as a service can.
pub(super) fn owner(caller: &Caller) -> Option<Uuid> {
    match caller {
        Caller::User(user) => (!caller.may(ADMIN_SCOPE)).then_some(user.user_id),
        Caller::Service(_) => None,
    }
}
