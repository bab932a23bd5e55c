//! Webhooks: the delivery of events to endpoints outside of the services, by the conventions of Standard Webhooks 1.0.
//!
//! [`Webhooks`] registers endpoints. Its consumer writes a delivery for each endpoint in the transaction in which the
//! event is recorded as handled, and a task of each process sends the deliveries that are due. So each event reaches
//! each endpoint at least once, and its header `webhook-id` is equal in all attempts.
//!
//! | file | content |
//! |---|---|
//! | `endpoint` | the registered endpoints |
//! | `delivery` | the deliveries and their results |
//! | `consumer` | the deliveries that an event causes |
//! | `dispatch` | the task that sends due deliveries |
//! | `schedule` | the times of the attempts |
//! | `request` | one request to an endpoint |
//! | `target`, `address` | the URLs and network addresses that may be called |
//! | `secret` | signatures |
//! | `keys` | the encryption of secrets in the database |
//! | `measure` | the numbers of endpoints and of due deliveries, for metrics |

mod address;
mod consumer;
mod delivery;
mod dispatch;
mod endpoint;
mod keys;
mod measure;
mod request;
mod schedule;
mod secret;
mod target;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;
use writ_runtime::event::EventType;

pub use endpoint::{Endpoint, EndpointError, MAX_ENDPOINTS, NewEndpoint};
pub use secret::WebhookSecret;

use consumer::WebhookConsumer;

use crate::Redis;
use crate::builder::Builder;
use crate::config::{Mode, REQUIRED_KEY, parse};
use crate::database;
use crate::jobs::Job;
use address::AddressPolicy;
use dispatch::Dispatcher;
use keys::SecretKeys;
use request::Sender;
use schedule::Schedule;
use target::Target;

/// The time between two looks for due deliveries.
const INTERVAL: Duration = Duration::from_secs(1);

/// The largest number of connections of the dispatcher, which do not belong to the pool of the requests.
const CONNECTIONS: u32 = 4;

/// The longest wait for one of these connections.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// The greatest length of the description of an endpoint, in characters.
const LONGEST_DESCRIPTION: usize = 200;

/// The reason why an endpoint is disabled by a person.
const DISABLED_BY_HAND: &str = "disabled by a request";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(crate) const STATEMENTS: [&[&str]; 4] =
    [&endpoint::STATEMENTS, &delivery::STATEMENTS, &keys::STATEMENTS, &measure::STATEMENTS];

/// The rows of this module that are purged, for the test that purges them.
#[cfg(test)]
pub(crate) const PURGED: [crate::jobs::Expired; 2] = [delivery::OLD_MESSAGES, delivery::DELETED_ENDPOINTS];

/// The webhooks of a service: its endpoints, and the delivery of events to them.
///
/// ```no_run
/// # use writ_platform::webhooks::{EndpointError, NewEndpoint, Webhooks};
/// # async fn example(webhooks: &Webhooks) -> Result<(), EndpointError> {
/// let url = "https://shop.example/hooks".to_owned();
/// let (endpoint, secret) = webhooks.register(&NewEndpoint { url, ..NewEndpoint::default() }).await?;
/// // The owner of the endpoint verifies signatures with the secret, which is shown this once.
/// println!("{} {}", endpoint.id, secret.reveal());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Webhooks {
    pool: PgPool,
    policy: AddressPolicy,
    keys: SecretKeys,
    /// The event types that endpoints can receive: all that are not internal.
    event_types: &'static [&'static EventType],
}

impl Webhooks {
    fn new(pool: &PgPool, events: &[&'static EventType], policy: AddressPolicy, keys: SecretKeys) -> Webhooks {
        let delivered: Vec<&'static EventType> = events.iter().copied().filter(|event| !event.internal).collect();
        // A service has one list, which lives as long as the process.
        Webhooks { pool: pool.clone(), policy, keys, event_types: delivered.leak() }
    }

    /// Registers an endpoint, and returns it with the secret of its signatures. The secret cannot be read again.
    ///
    /// # Errors
    /// Returns an error if the data is not valid, if the service has [`MAX_ENDPOINTS`] endpoints, or if the database fails.
    pub async fn register(&self, new: &NewEndpoint) -> Result<(Endpoint, WebhookSecret), EndpointError> {
        let target = Target::parse(&new.url, &self.policy).map_err(EndpointError::Url)?;
        if new.description.chars().count() > LONGEST_DESCRIPTION {
            return Err(EndpointError::Description);
        }
        let is_unknown = |name: &&String| !self.event_types.iter().any(|event| event.name == **name);
        if let Some(unknown) = new.event_types.iter().find(is_unknown) {
            return Err(EndpointError::UnknownEventType(unknown.clone()));
        }
        let (id, secret) = (Uuid::now_v7(), WebhookSecret::generate());
        let sealed = self.keys.seal(id, &secret).map_err(sqlx::Error::from)?;
        Ok((endpoint::add(&self.pool, id, new, &target.url, &sealed).await?, secret))
    }

    /// Returns all endpoints, in the order in which they were registered.
    ///
    /// # Errors
    /// Returns the error of the database.
    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, sqlx::Error> {
        endpoint::read(&self.pool, None).await
    }

    /// Returns the endpoint with this id.
    ///
    /// # Errors
    /// Returns the error of the database.
    pub async fn endpoint(&self, id: Uuid) -> Result<Option<Endpoint>, sqlx::Error> {
        Ok(endpoint::read(&self.pool, Some(id)).await?.pop())
    }

    /// Enables or disables an endpoint, and returns it. Returns `None` if there is none with this id.
    ///
    /// An enabled endpoint receives the deliveries that wait for it, but not the events of the time in between.
    ///
    /// # Errors
    /// Returns the error of the database.
    pub async fn set_enabled(&self, id: Uuid, is_enabled: bool) -> Result<Option<Endpoint>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        endpoint::switch(&mut connection, id, is_enabled, DISABLED_BY_HAND).await
    }

    /// Replaces the secret of an endpoint, and returns the new one. For a day, webhooks have the signatures of both.
    /// Returns `None` if there is no endpoint with this id.
    ///
    /// # Errors
    /// Returns the error of the database.
    pub async fn rotate_secret(&self, id: Uuid) -> Result<Option<WebhookSecret>, sqlx::Error> {
        let secret = WebhookSecret::generate();
        let sealed = self.keys.seal(id, &secret)?;
        Ok(endpoint::rotate(&self.pool, id, &sealed).await?.then_some(secret))
    }

    /// Deletes an endpoint. Returns false if there is none with this id.
    ///
    /// # Errors
    /// Returns the error of the database.
    pub async fn delete(&self, id: Uuid) -> Result<bool, sqlx::Error> {
        endpoint::delete(&self.pool, id).await
    }

    /// Returns the consumer that writes the deliveries of events.
    fn consumer(&self) -> WebhookConsumer {
        WebhookConsumer { pool: self.pool.clone(), event_types: self.event_types }
    }
}

impl Builder {
    /// Returns the webhooks of a service. `events` are the event types of its contract; internal ones are not delivered.
    ///
    /// The pool must be that of [`Builder::database`]; endpoints and deliveries are in its database. The platform registers
    /// the consumer `webhooks`, sends due deliveries, and purges old ones. Two variables with the prefix of the service
    /// are its settings: `WEBHOOK_KEYS` has the keys that encrypt the secrets of endpoints, which are required in
    /// production, and `WEBHOOK_NETWORKS` lists networks that are not public, such as `10.1.0.0/16`, in which endpoints
    /// may be; these may lack TLS.
    pub fn webhooks(&mut self, pool: &PgPool, redis: &Redis, events: &[&'static EventType]) -> Webhooks {
        let networks = self.source.setting("WEBHOOK_NETWORKS").or(Vec::new(), parse::networks);
        let policy = AddressPolicy::new(networks);
        let keys = self.secret_keys(pool);
        let webhooks = Webhooks::new(pool, events, policy.clone(), keys.clone());
        self.consumer("webhooks", pool, redis, webhooks.consumer());
        self.metrics.add_webhooks();
        let separate = database::separate(pool, CONNECTIONS, ACQUIRE_TIMEOUT);
        let dispatcher = Dispatcher {
            pool: separate.clone(),
            sender: Sender::new(policy),
            keys,
            schedule: Schedule::default(),
            interval: INTERVAL,
            metrics: Arc::clone(&self.metrics),
        };
        let shutdown = self.shutdown();
        self.background("send webhooks", separate, move || dispatcher.clone().run(shutdown.clone()));
        self.job(Job::purge("old webhooks", pool, delivery::OLD_MESSAGES));
        self.job(Job::purge("deleted webhook endpoints", pool, delivery::DELETED_ENDPOINTS));
        webhooks
    }

    /// Reads the keys of the secrets of endpoints. At the start of the service the first one encrypts them all.
    fn secret_keys(&mut self, pool: &PgPool) -> SecretKeys {
        let mode = self.config().mode;
        let setting = self.source.setting("WEBHOOK_KEYS");
        let configured = match (setting.is_set(), mode) {
            (false, Mode::Production) => {
                setting.missing(REQUIRED_KEY);
                Vec::new()
            }
            _ => setting.or(Vec::new(), parse::keys),
        };
        let keys = SecretKeys::new(&configured, &database::schema(pool));
        let (renewed, pool) = (keys.clone(), pool.clone());
        self.at_start("encrypt the secrets of webhook endpoints", move || {
            let (keys, pool) = (renewed.clone(), pool.clone());
            async move { keys.renew(&pool).await }
        });
        keys
    }
}
