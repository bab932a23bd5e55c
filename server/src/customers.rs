//! The customers: the rules that decide who can access carts and orders, and what carts and orders keep of users.
//!
//! Users belong to another service, which is asked for the account of another user than the caller. Its events keep a table of
//! customers in the database of orders, from which some operations respond while that service is unavailable.

use std::time::Duration;

use generated::latest::client::Client;
use generated::latest::events::{EventConsumer, USER_DELETED, USER_REGISTERED};
use generated::latest::{GetUserError, GetUserRequest, UserDeleted, UserId, UserRegistered};
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::events::{CopyAge, DataCopy};
use writ_platform::{Principal as _, Transaction, calls};
use writ_runtime::client::{Connection, Failure};
use writ_runtime::event::{ConsumerError, Event, EventType};
use writ_runtime::{Context, Unavailable};

use crate::auth::caller::Caller;
use crate::{OrderParts, USERS};

/// The scope that grants access to the carts and orders of all users.
const ADMIN_SCOPE: &str = "orders:admin";

/// The time after which a caller can try again if the copy does not know a customer.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The lookup of customers for the services of carts and orders.
#[derive(Debug, Clone)]
pub struct Customers {
    orders: PgPool,
    users: Client,
    copy: DataCopy,
}

/// A customer whose cart and orders the caller can access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Customer {
    /// The id of the user.
    pub id: Uuid,
    /// The age of the copy that knows the account, or `None` if the account is certain.
    pub copy_age: Option<CopyAge>,
}

/// The consumer of the events of users, which keeps the table of customers up to date.
#[derive(Debug, Clone, Copy)]
pub struct CustomerRecords;

/// Returns the owner that a cart or order must have for the caller to see it, or `None` if the caller can see
/// the carts and orders of all users.
pub fn owner(caller: &Caller) -> Option<Uuid> {
    if caller.may(ADMIN_SCOPE) { None } else { Some(caller.user_id()) }
}

impl Customers {
    /// Creates a lookup of customers. `users` is the connection to the service `users`.
    pub fn new(parts: &OrderParts, users: Connection) -> Customers {
        Customers {
            orders: parts.pool.clone(),
            users: Client::new(users),
            copy: DataCopy::new("users", USERS.schema, parts.customers.clone()),
        }
    }

    /// Returns the customer with the id `user` if the caller has access to the carts and orders of that user.
    ///
    /// Callers have access to their own data. A caller with the scope `orders:admin` has access to the data of
    /// every user with an account. Returns `None` in all other cases.
    ///
    /// # Errors
    /// Returns an error if the account is not known because the service `users` is unavailable and the operation may not
    /// respond from a copy, and the error of the database.
    pub async fn find<E>(&self, cx: &Context<Caller>, user: UserId) -> Result<Option<Customer>, E>
    where
        E: From<sqlx::Error> + From<Unavailable>,
    {
        let (caller, id) = (cx.principal(), user.uuid());
        // A caller has a session and therefore an account.
        if caller.user_id() == id {
            return Ok(Some(Customer { id, copy_age: None }));
        }
        if !caller.may(ADMIN_SCOPE) {
            return Ok(None);
        }
        match self.users.users.get_user(&GetUserRequest { user_id: user, fields: None }).await {
            Ok(_) => Ok(Some(Customer { id, copy_age: None })),
            Err(Failure::Refused(GetUserError::NotFound(_), _)) => Ok(None),
            Err(failure) => {
                let age = self.copy.instead_of(cx.operation(), calls::unavailable(failure)).await?;
                match self.has_account(id).await? {
                    Some(true) => Ok(Some(Customer { id, copy_age: Some(age) })),
                    Some(false) => Ok(None),
                    // The copy may have begun after the registration.
                    None => Err(Unavailable::retry_after(TRY_AGAIN).into()),
                }
            }
        }
    }

    /// Returns true if the copy knows an account of the customer, and false if it knows that the account was deleted.
    async fn has_account(&self, user: Uuid) -> Result<Option<bool>, sqlx::Error> {
        let known = sqlx::query_scalar!(
            r#"SELECT deleted_at IS NULL AS "has_account!" FROM customers WHERE user_id = $1"#,
            user
        );
        known.fetch_optional(&self.orders).await
    }
}

impl Customer {
    /// Returns the value of the header `X-Copy-Age`, or `None` if the response is not from a copy.
    pub fn copy_age(&self) -> Option<i64> {
        self.copy_age.map(CopyAge::seconds)
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
