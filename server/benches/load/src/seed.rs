//! The rows that the requests of the benchmark read: 10,000 users, and two orders of three items for each.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// The number of users.
pub const USERS: i64 = 10_000;

/// A user in the order of the list, which begins with the newest.
#[derive(sqlx::FromRow)]
pub struct Listed {
    pub id: Uuid,
    email: String,
    name: String,
    pub created_at: DateTime<Utc>,
}

/// Creates the rows in the databases of the services `users` and `orders`, which can be one. Returns all users.
pub async fn seed(users: &str, orders: &str) -> anyhow::Result<Vec<Listed>> {
    let mut connection = PgConnection::connect(users).await.context("cannot connect to PostgreSQL")?;
    // The moments differ, so that a page has one order.
    sqlx::query(
        "INSERT INTO users.users (id, email, name, password_hash, created_at, announced_at)
         SELECT gen_random_uuid(), 'user' || n || '@example.com', 'User ' || n, '-', now() - n * interval '1 second', now()
         FROM generate_series(1, $1) AS n",
    )
    .bind(USERS)
    .execute(&mut connection)
    .await?;
    sqlx::query("VACUUM ANALYZE").execute(&mut connection).await?;
    let users = sqlx::query_as("SELECT id, email, name, created_at FROM users.users ORDER BY created_at DESC, id DESC");
    let users = users.fetch_all(&mut connection).await?;
    orders_of(&users, orders).await?;
    Ok(users)
}

/// Creates the orders of users, and the copies of their accounts.
async fn orders_of(users: &[Listed], database: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(database).await.context("cannot connect to PostgreSQL")?;
    let ids: Vec<Uuid> = users.iter().map(|user| user.id).collect();
    let created: Vec<DateTime<Utc>> = users.iter().map(|user| user.created_at).collect();
    let emails: Vec<&str> = users.iter().map(|user| user.email.as_str()).collect();
    let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
    // The users count as announced, so that their events are not handled during the measurements.
    sqlx::query(
        "INSERT INTO orders.customers (user_id, email, name, registered_at)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[])
         ON CONFLICT (user_id) DO NOTHING",
    )
    .bind(&ids)
    .bind(&emails)
    .bind(&names)
    .bind(&created)
    .execute(&mut connection)
    .await?;
    sqlx::query(
        "INSERT INTO orders.orders (id, user_id, total, currency, created_at)
         SELECT gen_random_uuid(), u.id, 112.97, 'EUR', u.created_at - k * interval '100 ms'
         FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, created_at), generate_series(1, 2) AS k",
    )
    .bind(&ids)
    .bind(&created)
    .execute(&mut connection)
    .await?;
    sqlx::query(
        "INSERT INTO orders.order_items (order_id, position, sku, quantity, unit_price)
         SELECT o.id, p.at, p.sku, 1, p.price
         FROM orders.orders AS o,
              (VALUES (0, 'ABC-1', 19.99), (1, 'PEN-2', 74.00), (2, 'XYZ-9', 18.98)) AS p (at, sku, price)",
    )
    .execute(&mut connection)
    .await?;
    sqlx::query("VACUUM ANALYZE").execute(&mut connection).await?;
    Ok(())
}
