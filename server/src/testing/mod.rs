//! Test support: the server of the sample with the settings of tests.
//!
//! `cargo xtask test` starts the PostgreSQL and Redis that the tests need.

#![allow(clippy::expect_used, reason = "a test that cannot be set up must fail")]

mod scopes;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::PgPool;
use tokio::net::TcpListener;
use uuid::Uuid;
use writ_platform::config::Source;

pub use scopes::ScopedShop;
pub use writ_platform::testing::TestDatabase;

use crate::{OrderParts, Shop, UserParts};

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

/// Both services of the sample, each in a server of its own with its own database and keys. They share Redis.
#[derive(Debug)]
pub struct Services {
    /// The server of the service `users`.
    pub users: TestServer,
    /// The server of the service `orders`.
    pub orders: TestServer,
}

/// The private key of the access tokens of each service in [`Services`].
pub const TOKEN_KEYS: [[u8; 32]; 2] = [[1; 32], [2; 32]];

/// The key of the cursors of each service in [`Services`].
pub const CURSOR_KEYS: [[u8; 32]; 2] = [[3; 32], [4; 32]];

impl Services {
    /// Starts both services with the settings of tests and the administrator `admin@example.com`.
    pub async fn start() -> Services {
        Services::start_with(|_| (), |_| ()).await
    }

    /// Starts both services, each with further settings.
    pub async fn start_with(
        change_users: impl FnOnce(&mut Source),
        change_orders: impl FnOnce(&mut Source),
    ) -> Services {
        let prefix = format!("test-{}", Uuid::new_v4().simple());
        let settings = |index: usize, settings: &mut Source| {
            settings.set("WRIT_REDIS_PREFIX", &prefix);
            settings.set("WRIT_TOKEN_KEYS", &STANDARD.encode(TOKEN_KEYS[index]));
            settings.set("WRIT_CURSOR_KEY", &STANDARD.encode(CURSOR_KEYS[index]));
        };
        // Each service knows the address of the other one.
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let users = TestServer::start_service("users", |users| {
            settings(0, users);
            users.set("WRIT_TRUSTED_SERVICES", &format!("orders=http://{address}/.well-known/jwks.json"));
            users.set("ADMIN_PASSWORD", ADMIN_PASSWORD);
            change_users(users);
        })
        .await;
        let orders = TestServer::start_service_at("orders", Some(listener), |orders| {
            settings(1, orders);
            orders.set("WRIT_USERS_URL", &users.url(""));
            change_orders(orders);
        })
        .await;
        Services { users, orders }
    }
}

/// Returns the parts of the service `users` of a server that runs it.
pub fn users(server: &TestServer) -> &UserParts {
    server.service.running.users().expect("the server runs the service `users`")
}

/// Returns the parts of the service `orders` of a server that runs it.
pub fn orders(server: &TestServer) -> &OrderParts {
    server.service.running.orders().expect("the server runs the service `orders`")
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
