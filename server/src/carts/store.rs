//! The SQL of carts. Whoever changes a cart holds its row first, so that changes come one after another.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::products::basket::Wanted;

/// What the cart holds, in its order.
pub async fn items(pool: &PgPool, user: Uuid) -> Result<Vec<Wanted>, sqlx::Error> {
    let items =
        sqlx::query_as!(Wanted, "SELECT sku, quantity FROM cart_items WHERE user_id = $1 ORDER BY position", user);
    items.fetch_all(pool).await
}

/// Sets everything that the cart holds.
pub async fn replace(connection: &mut PgConnection, user: Uuid, items: &[Wanted]) -> Result<(), sqlx::Error> {
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

/// Takes everything out and gives it, in its order. The cart comes back if the transaction fails.
pub async fn take_out(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Wanted>, sqlx::Error> {
    // Held by a statement before, so that the next one sees what others have changed until then.
    let hold = sqlx::query_scalar!("SELECT user_id FROM carts WHERE user_id = $1 FOR UPDATE", user);
    hold.fetch_optional(&mut *connection).await?;
    let taken = sqlx::query_as!(
        Wanted,
        "WITH taken AS (DELETE FROM cart_items WHERE user_id = $1 RETURNING position, sku, quantity)
         SELECT sku, quantity FROM taken ORDER BY position",
        user
    );
    taken.fetch_all(connection).await
}

/// Takes everything out.
pub async fn delete(pool: &PgPool, user: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM carts WHERE user_id = $1", user).execute(pool).await.map(drop)
}
