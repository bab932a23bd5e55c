//! Domain events: the outbox of a database, the relay that publishes it in Redis Streams, and consumers.
//!
//! An event passes these stations, and each one keeps it until the next one has it:
//!
//! 1. The business transaction writes it to the [`Outbox`].
//! 2. The relay of a process adds it to the stream of its partition, and then marks it in the outbox as published.
//! 3. A consumer reads the stream. Its transaction records the event in the inbox, together with the effect.
//! 4. The consumer acknowledges the event, and the relay trims the stream.
//!
//! A process can end between any two steps. The next one then repeats the step, so an event can arrive twice, and the
//! inbox recognises it. `docs/events.md` of the repository describes how to add events and consumers.
//!
//! # Order
//!
//! The events of one aggregate keep the order of their transactions, for these reasons:
//!
//! - The transactions that publish events of one aggregate exclude each other from the moment of publishing, so the
//!   numbers of the outbox follow the order of the commits.
//! - One stream has all events of an aggregate, and one process at a time adds to it, in the order of the numbers. Each
//!   batch is added only if the batch before it is the last one, so a process that has lost its lease cannot add.
//! - A batch that is added again repeats events in their order. The inbox ignores the repetitions, so the first
//!   occurrence of each event counts, and the first occurrences are in order.
//! - One process at a time handles a partition for a consumer, and the events of one aggregate one after the other. Its
//!   transactions lock the lease, so another process takes the partition only after they have ended.
//! - After an event that fails, the later ones of its aggregate wait until it is handled or dropped.

mod command;
mod consumer;
mod fault;
mod lease;
mod message;
mod outbox;
mod parts;
mod relay;

use std::time::Duration;

pub use crate::database::Transaction;
pub(crate) use command::{USAGE, run as run_command};
pub(crate) use consumer::INBOX_EXPIRED;
pub use outbox::Outbox;
pub(crate) use parts::{RegisteredConsumer, RegisteredOutbox};
pub(crate) use relay::OUTBOX_EXPIRED;

/// The number of partitions. It is a part of the data: the partition of an aggregate must never change.
const PARTITIONS: i16 = 16;

/// The time for which relays and consumers gather events, so that several are published, read or acknowledged together.
const GATHER: Duration = Duration::from_millis(10);

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&[&str]] =
    &[command::STATEMENTS, consumer::STATEMENTS, lease::STATEMENTS, outbox::STATEMENTS, relay::STATEMENTS];

#[cfg(test)]
mod tests;
