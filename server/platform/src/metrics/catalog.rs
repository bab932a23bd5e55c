//! The registry of the metrics, and families of metrics by their labels.

use std::borrow::Cow;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use super::SECONDS;

/// The labels of a metric: names and values.
pub(super) type Labels<const N: usize> = [(&'static str, Cow<'static, str>); N];

/// The metrics of one name by their labels.
pub(super) type By<const N: usize, M, C = fn() -> M> = Family<Labels<N>, M, C>;

/// All metrics of the process.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) registry: Registry,
    names: Vec<&'static str>,
}

impl Catalog {
    /// Creates a catalog whose metrics have the label `service_name`.
    pub(super) fn new(service: &str) -> Catalog {
        let labels = [(Cow::Borrowed("service_name"), Cow::Owned(service.to_owned()))];
        Catalog { registry: Registry::with_labels(labels.into_iter()), names: Vec::new() }
    }

    /// Adds counters. The text format appends `_total` to their name.
    pub(super) fn counters<const N: usize>(&mut self, name: &'static str, help: &str) -> By<N, Counter> {
        self.family(name, help, Counter::default)
    }

    /// Adds gauges.
    pub(super) fn gauges<const N: usize>(&mut self, name: &'static str, help: &str) -> By<N, Gauge> {
        self.family(name, help, Gauge::default)
    }

    /// Adds histograms of seconds.
    pub(super) fn histograms<const N: usize>(&mut self, name: &'static str, help: &str) -> By<N, Histogram> {
        self.family(name, help, seconds)
    }

    fn family<const N: usize, M: Metric>(&mut self, name: &'static str, help: &str, new: fn() -> M) -> By<N, M>
    where
        fn() -> M: MetricConstructor<M>,
        By<N, M>: Metric,
    {
        self.add(name, help, Family::new_with_constructor(new))
    }

    /// Adds a metric of any type.
    pub(super) fn add<M: Metric + Clone>(&mut self, name: &'static str, help: &str, metric: M) -> M {
        self.registry.register(name, help, metric.clone());
        self.names.push(name);
        metric
    }

    /// Returns the names of all metrics.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.names.clone()
    }
}

/// Creates a histogram of seconds.
pub(super) fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// Returns the labels of a metric with one label.
pub(super) fn label(name: &'static str, value: impl Into<Cow<'static, str>>) -> Labels<1> {
    [(name, value.into())]
}

/// Returns the labels of a metric with two labels.
pub(super) fn label_pair(first: (&'static str, &'static str), second: (&'static str, &'static str)) -> Labels<2> {
    [first, second].map(|(name, value)| (name, Cow::Borrowed(value)))
}
