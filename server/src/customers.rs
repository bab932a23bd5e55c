//! The rules that decide which callers can access the carts and orders of a user.

use generated::latest::UserId;
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::Principal as _;

use crate::auth::caller::Caller;

/// The scope that grants access to the carts and orders of all users.
const ADMIN_SCOPE: &str = "orders:admin";

/// The lookup of user accounts for the services of carts and orders. The tables of these services contain only
/// the ids of users.
#[derive(Debug, Clone)]
pub struct Customers {
    users: PgPool,
}

/// Returns the owner that a cart or order must have for the caller to see it, or `None` if the caller can see
/// the carts and orders of all users.
pub fn owner(caller: &Caller) -> Option<Uuid> {
    if caller.may(ADMIN_SCOPE) { None } else { Some(caller.user_id) }
}

impl Customers {
    /// Creates a lookup of user accounts. `users` is the connection pool of the database schema `users`.
    pub fn new(users: PgPool) -> Customers {
        Customers { users }
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

    /// Returns true if an active account with this user id exists.
    async fn has_account(&self, user: Uuid) -> Result<bool, sqlx::Error> {
        let found = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM active_users WHERE id = $1) AS "found!""#, user);
        found.fetch_one(&self.users).await
    }
}
