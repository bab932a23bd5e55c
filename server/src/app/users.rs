//! The parts of the service `users`: the tags `auth` and `users`.

use generated::latest::events::Publisher;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use writ_platform::credentials::{Passwords, Tokens};
use writ_platform::cursor::Cursors;
use writ_platform::limiter::Limiter;
use writ_platform::revocation::Revocations;
use writ_platform::{Builder, Database, Redis, Store};

use crate::auth::caller::Caller;
use crate::auth::{SessionLifetimes, sessions};
use crate::events::Events;
use crate::users;

/// The database of users and sessions, which the service `users` owns.
pub static USERS: Database = Database::new("users", &MIGRATIONS);
static MIGRATIONS: Migrator = sqlx::migrate!("migrations/users");

/// The parts of the service `users`. No other service has them.
#[derive(Debug, Clone)]
pub struct UserParts {
    /// The connection pool of [`USERS`].
    pub pool: PgPool,
    /// The publisher of events in transactions of [`USERS`].
    pub events: Events,
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
    /// The rate limits of accounts.
    pub limiter: Limiter,
}

impl UserParts {
    /// Asks the platform for the parts of the service.
    pub(super) fn new(platform: &mut Builder, redis: &Redis, store: &Store) -> UserParts {
        let (pool, tokens, passwords) = (platform.database(&USERS), platform.tokens(), platform.passwords());
        let events = Publisher::new(platform.events(&pool, redis));
        sessions::register_purge(platform, &pool);
        users::register_purge(platform, &pool);
        users::register_announcement(platform, &pool, &events);
        users::register_administrator(platform, &pool, &passwords);
        let sessions = sessions::SessionTable::new(&pool);
        let revocations = Revocations::on_redis(redis.clone(), sessions, tokens.lifetime());
        // The service `orders` relies on the markers.
        revocations.keep_complete(platform);
        UserParts {
            revocations,
            lifetimes: SessionLifetimes::read(platform.settings()),
            cursors: platform.cursors(),
            limiter: store.limiter(),
            pool,
            events,
            tokens,
            passwords,
        }
    }
}
