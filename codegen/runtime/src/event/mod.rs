//! Domain events: facts that a service publishes in the transaction that makes them true, and that consumers handle
//! later, in the order of each aggregate.
//!
//! A contract declares the types of its events. Generated code contains an [`EventType`] for each, a publisher that
//! writes to an [`Outbox`], and a consumer trait whose implementations become a [`Consume`]. A platform implements
//! the outbox, and calls the consumers. This module knows no database: the transaction is a type of the platform.

mod consume;
mod outbox;
mod publish;
mod types;

pub use consume::{Consume, ConsumeError, ConsumerError};
pub use outbox::{NewEvent, Outbox};
pub use publish::{InvalidEvent, MAX_EVENT_DATA, PublishError, publish};
pub use types::{Event, EventId, EventType, StoredEvent};
