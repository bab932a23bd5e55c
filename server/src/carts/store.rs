//! The SQL of shopping carts. Every change locks the row of the cart first, so that concurrent changes are
//! serialized.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::products::basket::RequestedItem;

/// Returns the items of a user's shopping cart, sorted by position.
pub async fn items(pool: &PgPool, user: Uuid) -> Result<Vec<RequestedItem>, sqlx::Error> {
    let items = sqlx::query_as!(
        RequestedItem,
        "SELECT sku, quantity FROM cart_items WHERE user_id = $1 ORDER BY position",
        user
    );
    items.fetch_all(pool).await
}

/// Replaces all items of a user's shopping cart.
pub async fn replace(connection: &mut PgConnection, user: Uuid, items: &[RequestedItem]) -> Result<(), sqlx::Error> {
    let hold = sqlx::query!(
        "INSERT INTO carts (user_id) VALUES ($1) ON CONFLICT (user_id) DO UPDATE SET updated_at = now()",
        user
    );
    hold.execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM cart_items WHERE user_id = $1", user).execute(&mut *connection).await?;
    let (skus, quantities): (Vec<String>, Vec<i32>) =
        items.iter().map(|item| (item.sku.clone(), item.quantity)).unzip();
    let fill = sqlx::query!(
        "INSERT INTO cart_items (user_id, position, sku, quantity)
         SELECT $1, item.at - 1, item.sku, item.quantity
         FROM UNNEST($2::text[], $3::integer[]) WITH ORDINALITY AS item (sku, quantity, at)",
        user,
        &skus,
        &quantities
    );
    fill.execute(connection).await.map(drop)
}

/// Removes all items from a user's shopping cart and returns them sorted by position, for a new order.
///
/// The removal is part of the transaction of `connection`: if this transaction fails, the cart is unchanged.
pub async fn take_out(connection: &mut PgConnection, user: Uuid) -> Result<Vec<RequestedItem>, sqlx::Error> {
    // A separate statement takes the lock. The snapshot of the statement after it then contains all changes that
    // were committed while the lock was awaited.
    let hold = sqlx::query_scalar!("SELECT user_id FROM carts WHERE user_id = $1 FOR UPDATE", user);
    hold.fetch_optional(&mut *connection).await?;
    let taken = sqlx::query_as!(
        RequestedItem,
        "WITH taken AS (DELETE FROM cart_items WHERE user_id = $1 RETURNING position, sku, quantity)
         SELECT sku, quantity FROM taken ORDER BY position",
        user
    );
    taken.fetch_all(connection).await
}

/// Removes all items from a user's shopping cart.
pub async fn delete(pool: &PgPool, user: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM carts WHERE user_id = $1", user).execute(pool).await.map(drop)
}
