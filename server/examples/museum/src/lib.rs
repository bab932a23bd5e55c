//! The service of a museum: opening hours, special events and tickets. The contract is in `spec/`.

mod operations;

use museum_api::{Api, Authenticator, domain_events};
use sqlx::{PgPool, migrate::Migrator};
use writ_platform::credentials::{ApiKeys, Granted, KeySource};
use writ_platform::cursor::Cursors;
use writ_platform::{Builder, Database, Platform, Principal as _, Service, Store, events, health};
use writ_runtime::{ApiKey, Denied, Operation, Router, Scheme};

/// The database of the museum.
pub static DATABASE: Database = Database::new("museum", &MIGRATIONS);
static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, with the parts of the platform that it uses.
#[derive(Debug, Clone)]
pub struct Museum {
    /// The connections to the database.
    pub pool: PgPool,
    store: Store,
    keys: ApiKeys<Granted>,
    cursors: Cursors,
    publisher: domain_events::Publisher<events::Outbox>,
}

impl Service for Museum {
    const PREFIX: &'static str = "MUSEUM_";

    fn new(platform: &mut Builder) -> Museum {
        let (pool, redis) = (platform.database(&DATABASE), platform.redis());
        let keys = platform.api_keys(KeySource::Table(pool.clone()));
        let publisher = domain_events::Publisher::new(platform.events(&pool, &redis));
        platform.consumer("sales", &pool, &redis, domain_events::Consumer(operations::Sales));
        Museum { cursors: platform.cursors(), pool, store: Store::redis(&redis), keys, publisher }
    }

    fn router(&self, platform: &Platform) -> Router {
        let (authenticator, gate) = (self.clone(), platform.gate(&self.store, museum_api::operations::ALL));
        let (hours, events, tickets) = (self.clone(), self.clone(), self.clone());
        let api = Api { authenticator, gate, hours, events, tickets };
        api.router_with(platform.serve_options()).merge(health::router(platform.health().clone()))
    }
}

impl Authenticator for Museum {
    type Principal = Granted;

    async fn key(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Granted, Denied> {
        self.keys.caller(&key).await
    }

    fn holds_scope(&self, caller: &Granted, _: &'static Scheme, scope: &str) -> bool {
        caller.may(scope)
    }
}
