//! The service of the tag `webhook-endpoints`: endpoints outside of the services, to which events are delivered.

mod api;

use writ_platform::webhooks::Webhooks;

use crate::OrderParts;

/// The implementation of the generated trait [`WebhookEndpoints`](generated::latest::WebhookEndpoints): the registration of
/// endpoints.
#[derive(Debug, Clone)]
pub struct WebhookService {
    webhooks: Webhooks,
}

impl WebhookService {
    /// Creates the service of webhook endpoints.
    pub fn new(parts: &OrderParts) -> WebhookService {
        WebhookService { webhooks: parts.webhooks.clone() }
    }
}
