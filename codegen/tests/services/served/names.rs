//! The service of a contract with names that are keywords or not identifiers in Rust.

use names::*;
use writ_runtime::{Context, NoAuthentication, OpenGate};

struct Service;

impl Type for Service {
    async fn r#type(&self, _: &Context<()>, request: TypeCall) -> Result<TypeResponse, TypeError> {
        crate::record(&request);
        Err(std::io::Error::other("an error without a response"))?
    }

    async fn add_order(&self, _: &Context<()>, request: AddOrderRequest) -> Result<AddOrderResponse, AddOrderError> {
        crate::record(&request.body);
        // Both addresses have the type that is named after the component.
        let PurchaseAddress { city } = request.body.delivery.address;
        // Equal enums of two components are two types.
        let kind = if city == request.body.payment.address.city { InvoiceType::Private } else { InvoiceType::Business };
        let papers = Papers { invoice: Invoice { r#type: kind }, customer: Customer { r#type: CustomerType::Business } };
        Ok(papers.into())
    }
}

impl N123GoNot for Service {
    async fn list_users_v2(
        &self,
        _: &Context<()>,
        request: ListUsersV2Request,
    ) -> Result<ListUsersV2Response, ListUsersV2Error> {
        crate::record(&request.body);
        let reaction = Some(Reaction::Plus1);
        Ok(ResultModel { ok: true, reaction, order: None, mixed: writ_runtime::Patch::Null }.into())
    }
}

impl Übung for Service {
    async fn größe_ändern(
        &self,
        _: &Context<()>,
        request: GrößeÄndernRequest,
    ) -> Result<GrößeÄndernResponse, GrößeÄndernError> {
        crate::record(&request);
        Ok(SelfValue { self_: Some(Box::new(SelfValue { self_: None, r#box: None })), r#box: None }.into())
    }
}

impl SelfValueApi for Service {
    async fn r#async(&self, _: &Context<()>, request: AsyncRequest) -> Result<AsyncResponse, AsyncError> {
        crate::record(&request);
        Ok(AsyncResponse)
    }
}

impl Errors for Service {
    async fn router(&self, _: &Context<()>, request: RouterRequest) -> Result<RouterResponse, RouterError> {
        crate::record(&request.body);
        Err(NotFoundRefusal::new("account"))?
    }
}

pub fn router() -> writ_runtime::Router {
    Api {
        authenticator: NoAuthentication,
        gate: OpenGate,
        type_: Service,
        n123_go_not: Service,
        bung: Service,
        self_: Service,
        errors_api: Service,
    }
    .router()
}
