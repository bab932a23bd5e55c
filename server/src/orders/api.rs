//! The handlers of the operations on orders.

use generated::latest::{
    CreateOrderError, CreateOrderRequest, CreateOrderResponse, DeleteOrderError, DeleteOrderRequest,
    DeleteOrderResponse, GetOrderError, GetOrderRequest, GetOrderResponse, ListOrderItemsError, ListOrderItemsRequest,
    ListOrderItemsResponse, ListOrdersError, ListOrdersRequest, ListOrdersResponse, ListUserOrdersError,
    ListUserOrdersRequest, ListUserOrdersResponse, NotFound, OrderStatus, Orders, UpdateOrderError, UpdateOrderRequest,
    UpdateOrderResponse, operations,
};
use writ_platform::idempotency::once;
use writ_platform::keyset::Paging;
use writ_runtime::{Context, ETag, Idempotent};

use super::list::{self, Filter, sorted};
use super::step::{self, Step, StepError};
use super::{OrderService, place, store};
use crate::auth::caller::Caller;
use crate::customers::owner;

impl Orders for OrderService {
    type Principal = Caller;

    async fn list_user_orders(
        &self,
        cx: &Context<Caller>,
        request: ListUserOrdersRequest,
    ) -> Result<ListUserOrdersResponse, ListUserOrdersError> {
        let found = self.customers.find::<ListUserOrdersError>(cx, request.user_id).await?;
        let customer = found.ok_or_else(|| NotFound::new("user"))?;
        let filter = Filter { owner: Some(customer.id), status: request.status, created_after: request.created_after };
        let page = self.page(&filter, sorted(&request.sort), &request.page, request.fields.as_deref());
        page.await.map(|body| ListUserOrdersResponse { x_copy_age: customer.copy_age(), body })
    }

    async fn create_order(
        &self,
        cx: &Context<Caller>,
        request: CreateOrderRequest,
    ) -> Result<Idempotent<CreateOrderResponse>, CreateOrderError> {
        let found = self.customers.find::<CreateOrderError>(cx, request.user_id).await?;
        let customer = found.ok_or_else(|| NotFound::new("user"))?;
        let response = once(cx, &self.pool, async |transaction| {
            let order = place::place(transaction, &self.events, customer.id, request.body).await?;
            let location = operations::GET_ORDER.path_with(&[&order.id]);
            Ok(CreateOrderResponse { location, etag: ETag::strong(order.version), body: order })
        });
        response.await
    }

    async fn list_orders(
        &self,
        cx: &Context<Caller>,
        request: ListOrdersRequest,
    ) -> Result<ListOrdersResponse, ListOrdersError> {
        let owner = owner(cx.principal());
        let filter = Filter { owner, status: request.status, created_after: request.created_after };
        let page = self.page(&filter, sorted(&request.sort), &request.page, request.fields.as_deref());
        page.await.map(ListOrdersResponse::from)
    }

    async fn get_order(
        &self,
        cx: &Context<Caller>,
        request: GetOrderRequest,
    ) -> Result<GetOrderResponse, GetOrderError> {
        let found = store::find(&self.pool, request.order_id, owner(cx.principal())).await?;
        let order = found.ok_or_else(|| NotFound::new("order"))?;
        Ok(GetOrderResponse { etag: ETag::strong(order.version), body: order })
    }

    async fn update_order(
        &self,
        cx: &Context<Caller>,
        request: UpdateOrderRequest,
    ) -> Result<UpdateOrderResponse, UpdateOrderError> {
        let step = Step::new(request.order_id, request.body.status, owner(cx.principal()));
        let step = step.require_version(request.body.version).if_match(request.if_match);
        let order = step::take(&self.pool, &self.events, &step).await?;
        Ok(UpdateOrderResponse { etag: ETag::strong(order.version), body: order })
    }

    async fn delete_order(
        &self,
        cx: &Context<Caller>,
        request: DeleteOrderRequest,
    ) -> Result<DeleteOrderResponse, DeleteOrderError> {
        let step = Step::new(request.order_id, OrderStatus::Cancelled, owner(cx.principal()));
        match step::take(&self.pool, &self.events, &step.if_match(request.if_match)).await {
            // Cancelling an order is idempotent, so a cancelled order is not an error.
            Ok(_) | Err(StepError::NotAllowed { current: OrderStatus::Cancelled, .. }) => Ok(DeleteOrderResponse),
            Err(error) => Err(error.into()),
        }
    }

    async fn list_order_items(
        &self,
        cx: &Context<Caller>,
        request: ListOrderItemsRequest,
    ) -> Result<ListOrderItemsResponse, ListOrderItemsError> {
        let summary = store::find_summary(&self.pool, request.order_id, owner(cx.principal())).await?;
        let summary = summary.ok_or_else(|| NotFound::new("order"))?;
        let filter = list::item_filter_hash(request.order_id);
        let paging = Paging::open(&self.cursors, list::by_position(), filter, &request.page)?;
        let rows = store::items(&self.pool, &summary, &paging).await?;
        Ok(rows.page(|(_, item)| item).into())
    }
}
