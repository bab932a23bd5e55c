//! The service of the tag `webhook-endpoints`: endpoints outside of the services, to which events are delivered.

mod api;

use writ_platform::webhooks::Webhooks;

use crate::Shop;

/// The implementation of the generated trait [`WebhookEndpoints`](generated::latest::WebhookEndpoints): the registration of
/// endpoints.
#[derive(Debug, Clone)]
pub struct WebhookService {
    webhooks: Webhooks,
}

impl WebhookService {
    /// Creates the service of webhook endpoints from the parts of the server.
    pub fn new(shop: &Shop) -> WebhookService {
        WebhookService { webhooks: shop.webhooks.clone() }
    }
}
