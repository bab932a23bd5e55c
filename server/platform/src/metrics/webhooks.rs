//! The metrics of webhooks.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;

use super::Metrics;
use super::catalog::{By, Catalog, label};

/// The metrics of webhooks.
pub(super) struct WebhookMetrics {
    attempts: By<1, Counter>,
    endpoints: By<1, Gauge>,
    backlog: By<0, Gauge>,
}

impl WebhookMetrics {
    pub(super) fn new(add: &mut Catalog) -> WebhookMetrics {
        WebhookMetrics {
            attempts: add.counters("writ_webhook_attempts", "Attempts to deliver a webhook, by result"),
            endpoints: add.gauges("writ_webhook_endpoints", "Endpoints of webhooks, by their state"),
            backlog: add.gauges("writ_webhook_backlog", "Deliveries of webhooks that are due"),
        }
    }
}

impl Metrics {
    /// Creates the metrics of webhooks with the value zero.
    pub(crate) fn add_webhooks(&self) {
        for result in ["delivered", "rejected", "unreachable", "forbidden"] {
            drop(self.webhooks.attempts.get_or_create(&label("result", result)));
        }
        for state in ["enabled", "disabled", "failed"] {
            self.set_webhook_endpoints(state, 0);
        }
        self.set_webhook_backlog(0);
    }

    /// Counts an attempt to deliver a webhook.
    pub(crate) fn observe_webhook(&self, result: &'static str) {
        self.webhooks.attempts.get_or_create(&label("result", result)).inc();
    }

    /// Sets the number of webhook endpoints in a state.
    pub(crate) fn set_webhook_endpoints(&self, state: &'static str, count: i64) {
        self.webhooks.endpoints.get_or_create(&label("state", state)).set(count);
    }

    /// Sets the number of deliveries of webhooks that are due.
    pub(crate) fn set_webhook_backlog(&self, count: i64) {
        self.webhooks.backlog.get_or_create(&[]).set(count);
    }
}
