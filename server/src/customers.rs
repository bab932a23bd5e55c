//! The customers: what carts and orders keep of users, and the rules that decide who can access carts and orders.
//!
//! Users have a database of their own. Their events keep a table of customers in the database of orders up to date.

use generated::latest::UserId;
use generated::latest::events::{EventConsumer, USER_DELETED, USER_REGISTERED};
use generated::latest::{UserDeleted, UserRegistered};
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::{Principal as _, Transaction};
use writ_runtime::event::{ConsumerError, Event, EventType};

use crate::auth::caller::Caller;

/// The scope that grants access to the carts and orders of all users.
const ADMIN_SCOPE: &str = "orders:admin";

/// The lookup of customers for the services of carts and orders.
#[derive(Debug, Clone)]
pub struct Customers {
    orders: PgPool,
}

/// The consumer of the events of users, which keeps the table of customers up to date.
#[derive(Debug, Clone, Copy)]
pub struct CustomerRecords;

/// Returns the owner that a cart or order must have for the caller to see it, or `None` if the caller can see
/// the carts and orders of all users.
pub fn owner(caller: &Caller) -> Option<Uuid> {
    if caller.may(ADMIN_SCOPE) { None } else { Some(caller.user_id) }
}

impl Customers {
    /// Creates a lookup of customers. `orders` is the connection pool of the database schema `orders`.
    pub fn new(orders: PgPool) -> Customers {
        Customers { orders }
    }

    /// Returns the id of `user` if the caller has access to the carts and orders of that user.
    ///
    /// Callers have access to their own data. A caller with the scope `orders:admin` has access to the data of
    /// every user with an account. Returns `None` in all other cases.
    ///
    /// # Errors
    /// Returns the error of the database.
    pub async fn find(&self, caller: &Caller, user: UserId) -> Result<Option<Uuid>, sqlx::Error> {
        // A caller has a session and therefore an account, so no query is needed for the caller's own data.
        let is_own = caller.user_id == user.uuid();
        let visible = is_own || (caller.may(ADMIN_SCOPE) && self.has_account(user.uuid()).await?);
        Ok(visible.then_some(user.uuid()))
    }

    /// Returns true if the customer has an account.
    async fn has_account(&self, user: Uuid) -> Result<bool, sqlx::Error> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM customers WHERE user_id = $1 AND deleted_at IS NULL) AS "found!""#,
            user
        );
        found.fetch_one(&self.orders).await
    }
}

impl EventConsumer<Transaction> for CustomerRecords {
    const EVENT_TYPES: &'static [&'static EventType] = &[&USER_REGISTERED, &USER_DELETED];

    async fn user_registered(
        &self,
        transaction: &mut Transaction,
        event: Event<UserRegistered>,
    ) -> Result<(), ConsumerError> {
        let user: UserId = event.aggregate_id.parse()?;
        let record = sqlx::query!(
            "INSERT INTO customers (user_id, email, name, registered_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id) DO NOTHING",
            user.uuid(),
            event.data.email,
            event.data.name,
            event.timestamp
        );
        record.execute(&mut **transaction).await?;
        Ok(())
    }

    /// Makes a customer anonymous, and empties the cart. The orders stay, without the person.
    async fn user_deleted(
        &self,
        transaction: &mut Transaction,
        event: Event<UserDeleted>,
    ) -> Result<(), ConsumerError> {
        let user: UserId = event.aggregate_id.parse()?;
        let anonymise = sqlx::query!(
            "INSERT INTO customers (user_id, registered_at, deleted_at) VALUES ($1, $2, $2)
             ON CONFLICT (user_id) DO UPDATE SET email = NULL, name = NULL, deleted_at = excluded.deleted_at",
            user.uuid(),
            event.data.deleted_at
        );
        anonymise.execute(&mut **transaction).await?;
        sqlx::query!("DELETE FROM carts WHERE user_id = $1", user.uuid()).execute(&mut **transaction).await?;
        Ok(())
    }
}
