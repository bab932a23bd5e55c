//! The handlers of the operations on shopping carts.

use generated::latest::{
    Cart, Carts, DeleteCartError, DeleteCartRequest, DeleteCartResponse, GetCartError, GetCartRequest, GetCartResponse,
    NotFound, ReplaceCartError, ReplaceCartRequest, ReplaceCartResponse,
};
use writ_runtime::Context;

use super::{CartService, store};
use crate::auth::caller::Caller;
use crate::products::basket::{self, RequestedItem};
use crate::products::store::prices;

impl Carts for CartService {
    type Principal = Caller;

    async fn get_cart(&self, cx: &Context<Caller>, request: GetCartRequest) -> Result<GetCartResponse, GetCartError> {
        let found = self.customers.find::<GetCartError>(cx, request.user_id).await?;
        let customer = found.ok_or_else(|| NotFound::new("cart"))?;
        let items = store::items(&self.pool, customer.id).await?;
        let body = Cart { items: items.into_iter().map(Into::into).collect() };
        Ok(GetCartResponse { x_copy_age: customer.copy_age(), body })
    }

    async fn replace_cart(
        &self,
        cx: &Context<Caller>,
        request: ReplaceCartRequest,
    ) -> Result<ReplaceCartResponse, ReplaceCartError> {
        let found = self.customers.find::<ReplaceCartError>(cx, request.user_id).await?;
        let customer = found.ok_or_else(|| NotFound::new("cart"))?;
        let requested: Vec<RequestedItem> = request.body.items.iter().cloned().map(Into::into).collect();
        let mut transaction = self.pool.begin().await?;
        let prices = prices(&mut transaction, &requested).await?;
        basket::check(&requested, &prices, None).map_err(|flaws| flaws.refusal(basket::field_of_sku))?;
        store::replace(&mut transaction, customer.id, &requested).await?;
        transaction.commit().await?;
        Ok(ReplaceCartResponse { body: request.body })
    }

    async fn delete_cart(
        &self,
        cx: &Context<Caller>,
        request: DeleteCartRequest,
    ) -> Result<DeleteCartResponse, DeleteCartError> {
        let found = self.customers.find::<DeleteCartError>(cx, request.user_id).await?;
        let customer = found.ok_or_else(|| NotFound::new("cart"))?;
        store::delete(&self.pool, customer.id).await?;
        Ok(DeleteCartResponse)
    }
}
