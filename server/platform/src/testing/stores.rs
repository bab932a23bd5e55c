//! The stores of a test server behind proxies, so that a test can disturb them.

use std::time::{Duration, Instant};

use super::{Flow, Proxy, SOON};
use crate::config::Source;
use crate::health::CheckStatus;
use crate::platform::Platform;

/// The PostgreSQL and the Redis of a test server, each behind a [`Proxy`].
///
/// ```no_run
/// # use writ_platform::Service;
/// use writ_platform::testing::{Flow, Stores, TestServer};
///
/// # async fn example<Museum: Service>() {
/// let stores = Stores::start().await;
/// let server = TestServer::<Museum>::start_with(|settings| stores.place_before(settings)).await;
/// stores.postgres.set(Flow::Stalled);
/// # }
/// ```
#[derive(Debug)]
pub struct Stores {
    /// The proxy for PostgreSQL.
    pub postgres: Proxy,
    /// The proxy for Redis.
    pub redis: Proxy,
}

impl Stores {
    /// The disturbances that a service must survive.
    pub const DISTURBANCES: [Flow; 4] =
        [Flow::Closed, Flow::HalfClosed, Flow::Stalled, Flow::Delayed(Duration::from_secs(1))];

    /// Starts open proxies for the PostgreSQL and the Redis of the tests.
    pub async fn start() -> Stores {
        Stores { postgres: Proxy::postgres().await, redis: Proxy::redis().await }
    }

    /// Changes the settings of a test server so that it reaches its stores through the proxies, with few connections and
    /// the default timeout of Redis.
    pub fn place_before(&self, settings: &mut Source) {
        let urls: Vec<(String, String)> =
            settings.values().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for (suffix, proxy) in [("DATABASE_URL", &self.postgres), ("REDIS_URL", &self.redis)] {
            let mut stores = urls.iter().filter(|(name, _)| name.ends_with(suffix)).peekable();
            assert!(stores.peek().is_some(), "`cargo xtask test` sets the URLs of stores");
            stores.for_each(|(name, url)| settings.set(name, &proxy.url(url)));
        }
        let prefix = settings.prefix();
        settings.set(&format!("{prefix}DATABASE_CONNECTIONS"), "4");
        settings.set(&format!("{prefix}REDIS_TIMEOUT"), "250ms");
    }

    /// Opens both proxies, and waits until the health check of `dependency` is up.
    pub async fn recover(&self, platform: &Platform, dependency: &str) {
        self.postgres.set(Flow::Open);
        self.redis.set(Flow::Open);
        let started = Instant::now();
        while platform.health().report().await.check(dependency).status == CheckStatus::Down {
            assert!(started.elapsed() < SOON, "{dependency} is not up again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
