//! The handlers of the operations on webhook endpoints.

use generated::latest::{
    Conflict, CreateWebhookError, CreateWebhookRequest, CreateWebhookResponse, DeleteWebhookError,
    DeleteWebhookRequest, DeleteWebhookResponse, GetWebhookError, GetWebhookRequest, GetWebhookResponse,
    ListWebhooksError, ListWebhooksResponse, NewWebhookSecret, NotFound, RegisteredWebhook, RotateWebhookSecretError,
    RotateWebhookSecretRequest, RotateWebhookSecretResponse, UnprocessableEntity, UpdateWebhookError,
    UpdateWebhookRequest, UpdateWebhookResponse, Webhook, WebhookEndpoints, WebhookList, WebhookStatus, operations,
};
use writ_platform::webhooks::{Endpoint, EndpointError, NewEndpoint};
use writ_runtime::Context;

use super::WebhookService;
use crate::auth::caller::Caller;

impl WebhookEndpoints for WebhookService {
    type Principal = Caller;

    async fn list_webhooks(&self, _: &Context<Caller>) -> Result<ListWebhooksResponse, ListWebhooksError> {
        let endpoints = self.webhooks.endpoints().await?;
        Ok(WebhookList { data: endpoints.into_iter().map(webhook).collect() }.into())
    }

    async fn create_webhook(
        &self,
        _: &Context<Caller>,
        request: CreateWebhookRequest,
    ) -> Result<CreateWebhookResponse, CreateWebhookError> {
        let body = request.body;
        let event_types = body.event_types.unwrap_or_default();
        let new = NewEndpoint {
            url: body.url,
            description: body.description.unwrap_or_default(),
            event_types: event_types.into_iter().map(|event_type| event_type.to_string()).collect(),
        };
        let (endpoint, secret) = self.webhooks.register(&new).await.map_err(refusal)?;
        let webhook = webhook(endpoint);
        let location = operations::GET_WEBHOOK.path_with(&[&webhook.id]);
        Ok(CreateWebhookResponse { location, body: RegisteredWebhook { webhook, secret: secret.reveal() } })
    }

    async fn get_webhook(
        &self,
        _: &Context<Caller>,
        request: GetWebhookRequest,
    ) -> Result<GetWebhookResponse, GetWebhookError> {
        let found = self.webhooks.endpoint(request.webhook_id.uuid()).await?;
        Ok(webhook(found.ok_or_else(|| NotFound::new("webhook"))?).into())
    }

    async fn update_webhook(
        &self,
        _: &Context<Caller>,
        request: UpdateWebhookRequest,
    ) -> Result<UpdateWebhookResponse, UpdateWebhookError> {
        let is_enabled = request.body.status == WebhookStatus::Enabled;
        let changed = self.webhooks.set_enabled(request.webhook_id.uuid(), is_enabled).await?;
        Ok(webhook(changed.ok_or_else(|| NotFound::new("webhook"))?).into())
    }

    async fn delete_webhook(
        &self,
        _: &Context<Caller>,
        request: DeleteWebhookRequest,
    ) -> Result<DeleteWebhookResponse, DeleteWebhookError> {
        let deleted = self.webhooks.delete(request.webhook_id.uuid()).await?;
        deleted.then_some(DeleteWebhookResponse).ok_or_else(|| NotFound::new("webhook").into())
    }

    async fn rotate_webhook_secret(
        &self,
        _: &Context<Caller>,
        request: RotateWebhookSecretRequest,
    ) -> Result<RotateWebhookSecretResponse, RotateWebhookSecretError> {
        let secret = self.webhooks.rotate_secret(request.webhook_id.uuid()).await?;
        let secret = secret.ok_or_else(|| NotFound::new("webhook"))?.reveal();
        Ok(NewWebhookSecret { secret }.into())
    }
}

/// Returns an endpoint as API responses contain it.
fn webhook(endpoint: Endpoint) -> Webhook {
    let (disabled_at, disabled_reason) = endpoint.disabled.unzip();
    Webhook {
        id: endpoint.id.into(),
        url: endpoint.url,
        description: endpoint.description,
        // A type that the contract no longer has is not shown.
        event_types: endpoint.event_types.iter().filter_map(|name| name.parse().ok()).collect(),
        status: if disabled_at.is_some() { WebhookStatus::Disabled } else { WebhookStatus::Enabled },
        disabled_at,
        disabled_reason,
        succeeded_at: endpoint.succeeded_at,
        created_at: endpoint.created_at,
    }
}

/// Converts the reason why an endpoint was not registered into the error type of the operation.
fn refusal(error: EndpointError) -> CreateWebhookError {
    let invalid = |field: &str, message: String| {
        UnprocessableEntity::new("the endpoint is not valid").detail(field, message).into()
    };
    match error {
        EndpointError::Url(fault) => invalid("url", fault),
        EndpointError::Description => invalid("description", "must have at most 200 characters".to_owned()),
        EndpointError::UnknownEventType(name) => invalid("eventTypes", format!("`{name}` is not delivered")),
        EndpointError::TooMany => Conflict::new(error.to_string()).into(),
        EndpointError::Database(error) => error.into(),
    }
}
