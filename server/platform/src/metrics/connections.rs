//! The metrics of client connections and of their limits.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;

use super::Metrics;
use super::catalog::{By, Catalog, label_pair};

/// The metrics of client connections.
pub(super) struct ConnectionMetrics {
    open: By<2, Gauge>,
    beyond: By<2, Counter>,
}

/// The gauges and counters of the connections of one port.
#[derive(Debug, Clone, Default)]
pub(crate) struct PortConnections {
    /// The open connections within the limits.
    pub(crate) regular: Gauge,
    /// The open connections beyond the limits, which are only for health checks.
    pub(crate) reserve: Gauge,
    /// The connections beyond the limit of all connections.
    pub(crate) beyond_total: Counter,
    /// The connections beyond the limit of their client address.
    pub(crate) beyond_address: Counter,
}

impl ConnectionMetrics {
    pub(super) fn new(add: &mut Catalog) -> ConnectionMetrics {
        ConnectionMetrics {
            open: add.gauges("writ_connections", "Open client connections, within the limits and beyond them"),
            beyond: add.counters("writ_connections_beyond_limit", "Client connections beyond a limit"),
        }
    }
}

impl Metrics {
    /// Returns the metrics of the connections of a port, with the value zero if they are new.
    pub(crate) fn connections_of(&self, port: &'static str) -> PortConnections {
        let open = |place| self.clients.open.get_or_create_owned(&label_pair(("port", port), ("place", place)));
        let beyond = |limit| self.clients.beyond.get_or_create_owned(&label_pair(("port", port), ("limit", limit)));
        PortConnections {
            regular: open("regular"),
            reserve: open("reserve"),
            beyond_total: beyond("total"),
            beyond_address: beyond("address"),
        }
    }
}
