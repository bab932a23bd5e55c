//! The parts of a service that publishes or consumes events.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use writ_runtime::event::Consume;

use super::consumer::{Consumer, Retries, Settings};
use super::lease::Leases;
use super::outbox::Outbox;
use super::relay::{Relay, Status};
use super::{INBOX_EXPIRED, OUTBOX_EXPIRED};
use crate::Builder;
use crate::config::parse;
use crate::database;
use crate::health::Weight;
use crate::jobs::Job;
use crate::{Redis, Transaction};

/// The largest number of connections of a relay: for its batches, for its measurements, and to receive and send
/// notifications.
const RELAY_CONNECTIONS: u32 = 4;

/// The largest number of connections of a consumer: for the events that it handles at once, and for its leases.
const CONSUMER_CONNECTIONS: u32 = (super::consumer::CONCURRENT + super::consumer::RETRIED) as u32 + 2;

/// The longest wait for one of these connections.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A consumer of a service, as the commands of operators find it.
#[derive(Debug, Clone)]
pub(crate) struct RegisteredConsumer {
    /// The name of the consumer.
    pub(crate) name: String,
    /// The database that has the held-back events of the consumer.
    pub(crate) pool: PgPool,
}

/// An outbox of a service, as the commands of operators find it.
#[derive(Debug, Clone)]
pub(crate) struct RegisteredOutbox {
    /// The database of the outbox.
    pub(crate) pool: PgPool,
    /// The connection to the streams.
    pub(crate) redis: Redis,
}

impl Builder {
    /// Returns the outbox of a database, for the generated publisher of events. Every process of the service relays the
    /// events of the outbox to Redis, checks that under the name `queue`, and deletes published events after seven days.
    ///
    /// The pool must be that of [`Builder::database`].
    pub fn events(&mut self, pool: &PgPool, redis: &Redis) -> Outbox {
        let (outbox, lifetime) = (database::schema(pool), self.lease_lifetime());
        let separate = database::separate(pool, RELAY_CONNECTIONS, ACQUIRE_TIMEOUT);
        let status = Arc::<Status>::default();
        let (probed, checked) = (redis.separate(), status.clone());
        self.probe("queue", Weight::Degrading, move || checked.clone().works(probed.clone()));
        self.job(Job::purge(format!("published events of {outbox}"), pool, OUTBOX_EXPIRED));
        self.metrics.register_outbox(&outbox);
        self.outboxes.push(RegisteredOutbox { pool: pool.clone(), redis: redis.separate() });
        let (metrics, redis, shutdown) = (self.metrics.clone(), redis.separate(), self.shutdown());
        let leases = Leases::new(separate.clone(), "", lifetime);
        let published = Outbox::default();
        let relay = {
            let (pool, outbox, committed) = (separate.clone(), outbox.clone(), published.committed.clone());
            move || {
                let (pool, redis, outbox) = (pool.clone(), redis.clone(), outbox.clone());
                let relay = Relay::new(pool, redis, outbox, lifetime, metrics.clone(), status.clone());
                relay.run(committed.clone(), shutdown.clone())
            }
        };
        self.create_leases(leases);
        self.background(format!("relay the events of the database `{outbox}`"), separate, relay);
        published
    }

    /// Registers a consumer of events. Every process of the service runs it, and each partition has one consumer.
    ///
    /// `name` identifies the consumer in Redis, in its database, in metrics and in commands. It must never change,
    /// because a consumer with another name receives the events again. The inbox of the consumer is in the database of
    /// `pool`, which must be that of [`Builder::database`]. The purge of the inbox deletes its rows after 30 days.
    pub fn consumer(&mut self, name: &str, pool: &PgPool, redis: &Redis, consumer: impl Consume<Transaction>) {
        if name.is_empty() || name.len() > 100 || self.consumers.iter().any(|known| known.name == name) {
            let fault = "the name of a consumer of events must be unique and have 1 to 100 characters";
            self.source.setting(&format!("CONSUMER {name}")).missing(fault);
            return;
        }
        let types: BTreeSet<&'static str> = consumer.event_types().iter().map(|event_type| event_type.name).collect();
        let (retries, lifetime) = (Retries::read(&mut self.source), self.lease_lifetime());
        let separate = database::separate(pool, CONSUMER_CONNECTIONS, ACQUIRE_TIMEOUT);
        let schema = database::schema(pool);
        self.job(Job::purge(format!("handled events of {name} in {schema}"), pool, INBOX_EXPIRED));
        self.metrics.register_consumer(name);
        self.consumers.push(RegisteredConsumer { name: name.to_owned(), pool: pool.clone() });
        let (metrics, redis, shutdown) = (self.metrics.clone(), redis.separate(), self.shutdown());
        let leases = Leases::new(separate.clone(), name, lifetime);
        let consumer: Arc<dyn super::consumer::AnyConsumer> = Arc::new(consumer);
        let run = {
            let (pool, name) = (separate.clone(), name.to_owned());
            move || {
                let (consumer, types) = (consumer.clone(), types.clone());
                let settings = Settings { name: name.clone(), consumer, types, retries, lifetime };
                Consumer::new(settings, pool.clone(), &redis, metrics.clone()).run(shutdown.clone())
            }
        };
        self.create_leases(leases);
        self.background(format!("consume events as `{name}`"), separate, run);
    }

    /// Creates the rows of leases at the start of the service.
    fn create_leases(&mut self, leases: Leases) {
        self.at_start("create the leases of events", move || {
            let leases = leases.clone();
            async move { Ok(leases.create().await?) }
        });
    }

    /// Reads the lifetime of a lease.
    fn lease_lifetime(&mut self) -> Duration {
        self.source.setting("EVENT_LEASE").or(Duration::from_secs(10), parse::duration)
    }
}
