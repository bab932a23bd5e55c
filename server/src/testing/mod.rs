//! Test support: the server of the sample with the settings of tests.
//!
//! `cargo xtask test` starts the PostgreSQL and Redis that the tests need.

#![allow(clippy::expect_used, reason = "a test that cannot be set up must fail")]

use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::config::Source;

pub use writ_platform::testing::TestDatabase;

use crate::Shop;

/// The password of the administrator account in tests.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

/// A running server of the sample.
pub type TestServer = writ_platform::testing::TestServer<Shop>;

/// Starts a server with the settings of tests and the administrator `admin@example.com`.
pub async fn start() -> TestServer {
    start_with(|_| ()).await
}

/// Starts a server with the settings of tests and the administrator `admin@example.com`, modified by `change`.
pub async fn start_with(change: impl FnOnce(&mut Source)) -> TestServer {
    TestServer::start_with(|settings| {
        settings.set("ADMIN_PASSWORD", ADMIN_PASSWORD);
        change(settings);
    })
    .await
}

/// Inserts a user with a login session, and returns the id of the session.
pub async fn insert_session(users: &PgPool) -> Uuid {
    let (user, session) = (Uuid::now_v7(), Uuid::now_v7());
    sqlx::query("INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Sample', '')")
        .bind(user)
        .bind(format!("{user}@example.com"))
        .execute(users)
        .await
        .expect("the user is new");
    sqlx::query(
        "INSERT INTO sessions (id, user_id, token_hash, expires_at, ends_at)
         VALUES ($1, $2, sha256($3), now() + interval '1 day', now() + interval '1 day')",
    )
    .bind(session)
    .bind(user)
    .bind(session.as_bytes().as_slice())
    .execute(users)
    .await
    .expect("the session is new");
    session
}
