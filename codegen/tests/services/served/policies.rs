//! The service of conditional requests, pages, sparse fieldsets and idempotency keys.

use policies::*;
use writ_runtime::{BearerToken, Context, Decimal, Denied, ETag, Idempotent, OpenGate, Operation, Patch, Scheme, Uuid};

struct Service;

/// An authenticator that accepts every token.
struct Trusting;

impl Authenticator for Trusting {
    type Principal = String;

    async fn bearer(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<String, Denied> {
        Ok(token.as_str().to_owned())
    }

    fn holds_scope(&self, _: &String, _: &'static Scheme, _: &str) -> bool {
        true
    }
}

fn order(note: Patch<String>) -> Order {
    Order { id: Some(OrderId(Uuid::nil())), total: Decimal::new(1050, 2), note }
}

impl Orders for Service {
    type Principal = String;

    async fn list_orders(
        &self,
        _: &Context<String>,
        request: ListOrdersRequest,
    ) -> Result<ListOrdersResponse, ListOrdersError> {
        crate::record(&request);
        let pagination =
            Pagination { total: Some(1), page: Some(request.page), limit: request.limit, has_more: false, next_cursor: None };
        Ok(OrderPage { data: vec![order(Patch::Null)], pagination }.into())
    }

    async fn create_order(
        &self,
        cx: &Context<String>,
        request: CreateOrderRequest,
    ) -> Result<Idempotent<CreateOrderResponse>, CreateOrderError> {
        crate::record(&(cx.idempotency().map(|key| &key.key), &request));
        Ok(Idempotent::Fresh(order(request.body.note).into()))
    }

    async fn get_order(&self, _: &Context<()>, request: GetOrderRequest) -> Result<GetOrderResponse, GetOrderError> {
        crate::record(&request);
        Ok(GetOrderResponse { etag: ETag::strong("v1"), body: order(Patch::Absent) })
    }

    async fn put_order(&self, _: &Context<String>, request: PutOrderRequest) -> Result<PutOrderResponse, PutOrderError> {
        crate::record(&request);
        match request.if_match.matches_strong(&ETag::strong("v1")) {
            true => Ok(PutOrderResponse),
            false => Err(PreconditionFailed::new("the order has changed"))?,
        }
    }
}

pub fn router() -> writ_runtime::Router {
    Api { authenticator: Trusting, gate: OpenGate, orders: Service }.router()
}
