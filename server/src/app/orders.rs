//! The parts of the service `orders`: the tags `products`, `carts`, `orders` and `webhook-endpoints`.

use generated::latest::events::{ALL_EVENTS, Consumer, Publisher};
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use writ_platform::cursor::Cursors;
use writ_platform::events::ConsumerProgress;
use writ_platform::webhooks::Webhooks;
use writ_platform::{Builder, Database, Redis};

use crate::auth::ended::{self, EndedSessionRecords, EndedSessions};
use crate::customers::CustomerRecords;
use crate::events::Events;

/// The database of products, carts and orders, which the service `orders` owns.
pub static ORDERS: Database = Database::new("orders", &MIGRATIONS);
static MIGRATIONS: Migrator = sqlx::migrate!("migrations/orders");

/// The parts of the service `orders`. No other service has them.
#[derive(Debug, Clone)]
pub struct OrderParts {
    /// The connection pool of [`ORDERS`].
    pub pool: PgPool,
    /// The publisher of events in transactions of [`ORDERS`].
    pub events: Events,
    /// The delivery of events to endpoints outside of the services.
    pub webhooks: Webhooks,
    /// The encoder and decoder of pagination cursors.
    pub cursors: Cursors,
    /// The progress of the consumer that keeps the table of customers.
    pub customers: ConsumerProgress,
    /// The copy of the ends of login sessions, which the service `users` owns.
    pub ended_sessions: EndedSessions,
}

impl OrderParts {
    /// Asks the platform for the parts of the service.
    pub(super) fn new(platform: &mut Builder, redis: &Redis) -> OrderParts {
        let pool = platform.database(&ORDERS);
        let customers = platform.consumer("customers", &pool, redis, Consumer(CustomerRecords));
        let progress = platform.consumer("ended-sessions", &pool, redis, Consumer(EndedSessionRecords));
        ended::register_purge(platform, &pool);
        OrderParts {
            events: Publisher::new(platform.events(&pool, redis)),
            webhooks: platform.webhooks(&pool, redis, ALL_EVENTS),
            cursors: platform.cursors(),
            customers,
            ended_sessions: EndedSessions::new(&pool, progress),
            pool,
        }
    }
}
