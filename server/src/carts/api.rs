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
        let user = self.customers.find(cx.principal(), request.user_id).await?.ok_or_else(|| NotFound::new("cart"))?;
        let items = store::items(&self.pool, user).await?;
        Ok(GetCartResponse { body: Cart { items: items.into_iter().map(Into::into).collect() } })
    }

    async fn replace_cart(
        &self,
        cx: &Context<Caller>,
        request: ReplaceCartRequest,
    ) -> Result<ReplaceCartResponse, ReplaceCartError> {
        let user = self.customers.find(cx.principal(), request.user_id).await?.ok_or_else(|| NotFound::new("cart"))?;
        let requested: Vec<RequestedItem> = request.body.items.iter().cloned().map(Into::into).collect();
        let mut transaction = self.pool.begin().await?;
        let prices = prices(&mut transaction, &requested).await?;
        basket::check(&requested, &prices, None).map_err(|flaws| flaws.refusal(basket::field_of_sku))?;
        store::replace(&mut transaction, user, &requested).await?;
        transaction.commit().await?;
        Ok(ReplaceCartResponse { body: request.body })
    }

    async fn delete_cart(
        &self,
        cx: &Context<Caller>,
        request: DeleteCartRequest,
    ) -> Result<DeleteCartResponse, DeleteCartError> {
        let user = self.customers.find(cx.principal(), request.user_id).await?.ok_or_else(|| NotFound::new("cart"))?;
        store::delete(&self.pool, user).await?;
        Ok(DeleteCartResponse)
    }
}
