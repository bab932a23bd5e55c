//! The gauges of all caches of a service.

use std::sync::{Arc, Mutex, PoisonError};

use super::Cache;
use crate::metrics::Metrics;

/// The caches of a service. Their gauges are sums, since a service can have several stores. Clones share the list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caches(Arc<Mutex<Vec<Cache>>>);

impl Caches {
    /// Adds the cache of a gate. Several gates can share one cache.
    pub(crate) fn add(&self, cache: Cache) {
        let mut caches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !caches.iter().any(|known| Arc::ptr_eq(&known.0, &cache.0)) {
            caches.push(cache);
        }
    }

    /// Sets the gauges of all caches.
    pub(crate) fn measure(&self, metrics: &Metrics) {
        let caches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !caches.is_empty() {
            metrics.set_pending_invalidations(caches.iter().map(|cache| cache.0.pending.len()).sum());
        }
        let sizes = caches.iter().filter_map(|cache| cache.0.backend.size());
        if let Some((entries, bytes)) = sizes.reduce(|one, other| (one.0 + other.0, one.1 + other.1)) {
            metrics.set_cache_size(entries, bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_gauges_of_two_caches_are_sums_and_a_shared_cache_counts_once() {
        let (caches, metrics) = (Caches::default(), Metrics::default());
        let (one, other) = (Cache::in_memory(), Cache::in_memory());
        for cache in [&one, &other] {
            cache.0.backend.store("key".to_owned(), vec![0; 100], Duration::from_secs(60)).await;
        }
        for cache in [one.clone(), one, other] {
            caches.add(cache);
        }
        caches.measure(&metrics);
        let text = metrics.render().unwrap();
        let entries = text.lines().find(|line| line.starts_with("writ_cache_entries")).unwrap();
        assert!(entries.ends_with(" 2"), "{entries}");
    }
}
