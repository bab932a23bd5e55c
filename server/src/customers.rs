//! Whose carts and orders a caller may ask for.

use generated::v1::UserId;
use sqlx::PgPool;
use uuid::Uuid;

use crate::platform::caller::Caller;

/// The scope that opens everybody's carts and orders.
const EVERYBODY: &str = "orders:admin";

/// Knows who has an account. Carts and orders know users by id alone.
#[derive(Debug, Clone)]
pub struct Customers {
    users: PgPool,
}

/// The owner that rows must have for this caller to see them; `None`: anybody's are seen.
pub fn owner(caller: &Caller) -> Option<Uuid> {
    if caller.may(EVERYBODY) { None } else { Some(caller.user_id) }
}

impl Customers {
    /// Accounts in this database.
    pub fn new(users: PgPool) -> Customers {
        Customers { users }
    }

    /// The user whose things are asked for: oneself, or for an administrator anybody with an
    /// account. `None` hides all others.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(&self, caller: &Caller, user: UserId) -> Result<Option<Uuid>, sqlx::Error> {
        // Whoever has a session has an account.
        let oneself = caller.user_id == user.uuid();
        let visible = oneself || (caller.may(EVERYBODY) && self.has_account(user.uuid()).await?);
        Ok(visible.then_some(user.uuid()))
    }

    async fn has_account(&self, user: Uuid) -> Result<bool, sqlx::Error> {
        let found = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM active_users WHERE id = $1) AS "found!""#, user);
        found.fetch_one(&self.users).await
    }
}
