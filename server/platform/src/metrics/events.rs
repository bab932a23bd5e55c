//! The metrics of domain events: the outbox, and consumers.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::catalog::{By, Catalog, label};
use super::{Labels, Metrics};

/// The metrics of domain events.
pub(super) struct EventMetrics {
    published: By<1, Counter>,
    outbox_backlog: By<1, Gauge>,
    outbox_lag: By<1, Gauge>,
    consumed: By<2, Histogram>,
    consumer_backlog: By<1, Gauge>,
    consumer_lag: By<1, Gauge>,
    held: By<2, Gauge>,
}

/// The result of an attempt to consume an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consumption {
    /// The consumer handled the event.
    Handled,
    /// The event was handled before.
    Repeated,
    /// The event waits for an earlier one of its aggregate.
    HeldBack,
    /// The consumer failed, and a later attempt follows.
    Failed,
    /// The consumer failed, and an operator must decide.
    Parked,
}

impl Consumption {
    const ALL: [Consumption; 5] =
        [Consumption::Handled, Consumption::Repeated, Consumption::HeldBack, Consumption::Failed, Consumption::Parked];

    fn label(self) -> &'static str {
        match self {
            Consumption::Handled => "handled",
            Consumption::Repeated => "repeated",
            Consumption::HeldBack => "held_back",
            Consumption::Failed => "failed",
            Consumption::Parked => "parked",
        }
    }
}

impl EventMetrics {
    pub(super) fn new(add: &mut Catalog) -> EventMetrics {
        EventMetrics {
            published: add.counters("writ_events_published", "Events that were added to a stream, by outbox"),
            outbox_backlog: add.gauges("writ_outbox_backlog", "Events of an outbox that are not published"),
            outbox_lag: add.gauges("writ_outbox_lag_milliseconds", "Age of the oldest event that is not published"),
            consumed: add
                .histograms("writ_event_consumption_duration_seconds", "Time of an attempt to consume an event"),
            consumer_backlog: add
                .gauges("writ_consumer_backlog", "Events in streams that a consumer has not handled, in this process"),
            consumer_lag: add
                .gauges("writ_consumer_lag_seconds", "Age of the oldest event that a consumer has not handled"),
            held: add.gauges("writ_held_events", "Events that a consumer holds back after a failure, by their state"),
        }
    }
}

impl Metrics {
    /// Creates the metrics of an outbox with the value zero.
    pub(crate) fn register_outbox(&self, outbox: &str) {
        drop(self.events.published.get_or_create(&label("outbox", outbox.to_owned())));
        self.set_outbox_backlog(outbox, 0, Duration::ZERO);
    }

    /// Creates the metrics of a consumer with the value zero.
    pub(crate) fn register_consumer(&self, consumer: &str) {
        for result in Consumption::ALL {
            drop(self.events.consumed.get_or_create(&consumption_labels(consumer, result)));
        }
        self.set_consumer_backlog(consumer, 0, Duration::ZERO);
        self.set_held_events(consumer, 0, 0);
    }

    /// Counts events that were published.
    pub(crate) fn observe_published(&self, outbox: &str, count: u64) {
        self.events.published.get_or_create(&label("outbox", outbox.to_owned())).inc_by(count);
    }

    /// Sets the number of events that are not published, and the age of the oldest one.
    pub(crate) fn set_outbox_backlog(&self, outbox: &str, count: i64, lag: Duration) {
        let labels = label("outbox", outbox.to_owned());
        self.events.outbox_backlog.get_or_create(&labels).set(count);
        self.events.outbox_lag.get_or_create(&labels).set(i64::try_from(lag.as_millis()).unwrap_or(i64::MAX));
    }

    /// Counts an attempt to consume an event and its time.
    pub(crate) fn observe_consumed(&self, consumer: &str, result: Consumption, duration: Duration) {
        self.events.consumed.get_or_create(&consumption_labels(consumer, result)).observe(duration.as_secs_f64());
    }

    /// Sets the number of events that a consumer has not handled, and the age of the oldest one.
    pub(crate) fn set_consumer_backlog(&self, consumer: &str, count: i64, lag: Duration) {
        let labels = label("consumer", consumer.to_owned());
        self.events.consumer_backlog.get_or_create(&labels).set(count);
        self.events.consumer_lag.get_or_create(&labels).set(i64::try_from(lag.as_secs()).unwrap_or(i64::MAX));
    }

    /// Sets the numbers of events that a consumer holds back.
    pub(crate) fn set_held_events(&self, consumer: &str, waiting: i64, parked: i64) {
        for (state, count) in [("waiting", waiting), ("parked", parked)] {
            let labels = [("consumer", consumer.to_owned().into()), ("state", state.into())];
            self.events.held.get_or_create(&labels).set(count);
        }
    }
}

fn consumption_labels(consumer: &str, result: Consumption) -> Labels<2> {
    [("consumer", consumer.to_owned().into()), ("result", result.label().into())]
}
