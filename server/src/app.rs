//! The server of the sample: the parts of the platform that it uses, and its routes.

use axum::Router;
use generated::latest::events::{ALL_EVENTS, Consumer, Publisher};
use generated::{VERSIONS, latest};
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use writ_platform::credentials::{Passwords, Tokens};
use writ_platform::cursor::Cursors;
use writ_platform::revocation::Revocations;
use writ_platform::webhooks::Webhooks;
use writ_platform::{Builder, Database, Platform, Redis, Service, Store, docs};
use writ_runtime::versioned_router;

use crate::auth::authenticator::Credentials;
use crate::auth::caller::Caller;
use crate::auth::{AuthService, SessionLifetimes, sessions};
use crate::carts::CartService;
use crate::customers::CustomerRecords;
use crate::events::Events;
use crate::health::{Conversions, HealthService};
use crate::orders::OrderService;
use crate::products::ProductService;
use crate::users::{self, UserService, V1};
use crate::webhooks::WebhookService;

/// The database of users and sessions.
pub static USERS: Database = Database::new("users", &USERS_MIGRATIONS);
static USERS_MIGRATIONS: Migrator = sqlx::migrate!("migrations/users");

/// The database of products, carts and orders.
pub static ORDERS: Database = Database::new("orders", &ORDERS_MIGRATIONS);
static ORDERS_MIGRATIONS: Migrator = sqlx::migrate!("migrations/orders");

/// The server of the sample: the parts of the platform that its services share.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The connection pool of [`USERS`].
    pub users: PgPool,
    /// The connection pool of [`ORDERS`].
    pub orders: PgPool,
    /// The publisher of events in transactions of [`USERS`].
    pub user_events: Events,
    /// The publisher of events in transactions of [`ORDERS`].
    pub order_events: Events,
    /// The delivery of events to endpoints outside of the services.
    pub webhooks: Webhooks,
    /// The connection to Redis.
    pub redis: Redis,
    /// The rate limits and cached responses.
    pub store: Store,
    /// The issuer and verifier of access tokens.
    pub tokens: Tokens<Caller>,
    /// The lifetimes of login sessions.
    pub lifetimes: SessionLifetimes,
    /// The register of ended login sessions.
    pub revocations: Revocations,
    /// The hasher and verifier of user passwords.
    pub passwords: Passwords,
    /// The encoder and decoder of pagination cursors.
    pub cursors: Cursors,
}

impl Service for Shop {
    const PREFIX: &'static str = "WRIT_";

    fn new(platform: &mut Builder) -> Shop {
        let (users, orders) = (platform.database(&USERS), platform.database(&ORDERS));
        let (redis, tokens, passwords) = (platform.redis(), platform.tokens(), platform.passwords());
        let user_events = Publisher::new(platform.events(&users, &redis));
        let order_events = Publisher::new(platform.events(&orders, &redis));
        platform.consumer("customers", &orders, &redis, Consumer(CustomerRecords));
        let webhooks = platform.webhooks(&orders, &redis, ALL_EVENTS);
        sessions::register_purge(platform, &users);
        users::register_purge(platform, &users);
        users::register_announcement(platform, &users, &user_events);
        users::register_administrator(platform, &users, &passwords);
        Shop {
            store: Store::redis(&redis),
            revocations: Revocations::on_redis(redis.clone(), sessions::SessionTable::new(&users), tokens.lifetime()),
            lifetimes: SessionLifetimes::read(platform.settings()),
            cursors: platform.cursors(),
            users,
            orders,
            user_events,
            order_events,
            webhooks,
            redis,
            tokens,
            passwords,
        }
    }

    fn router(&self, platform: &Platform) -> Router {
        let api = latest::Api {
            authenticator: Credentials(self.tokens.clone()),
            gate: platform.gate(&self.store, &VERSIONS.operations()).with(self.revocations.clone()),
            errors: Conversions,
            auth: AuthService::new(self),
            users: UserService::new(self),
            products: ProductService::new(self),
            carts: CartService::new(self),
            orders: OrderService::new(self),
            webhook_endpoints: WebhookService::new(self),
            health: HealthService::new(platform.health()),
        };
        let docs = docs::versions_router(&latest::ERROR_ENVELOPE, &VERSIONS);
        let router = versioned_router(&VERSIONS, api.versions(V1, platform.serve_options()));
        router.merge(docs).merge(self.tokens.key_set_router())
    }
}
