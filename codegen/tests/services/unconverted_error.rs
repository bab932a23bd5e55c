//! A handler that returns a domain error without a conversion, which must not compile.

use contract::{CreateOrderError, CreateOrderRequest, CreateOrderResponse};
use contract::{GetOrderError, GetOrderRequest, GetOrderResponse, NotFound, Orders};
use writ_runtime::Context;

struct Shop;

struct OutOfStock;

fn reserve() -> Result<CreateOrderResponse, OutOfStock> {
    Err(OutOfStock)
}

impl Orders for Shop {
    async fn create_order(
        &self,
        _: &Context<()>,
        _: CreateOrderRequest,
    ) -> Result<CreateOrderResponse, CreateOrderError> {
        Ok(reserve()?)
    }

    async fn get_order(
        &self,
        _: &Context<()>,
        _: GetOrderRequest,
    ) -> Result<GetOrderResponse, GetOrderError> {
        Err(NotFound::new("order"))?
    }
}

fn main() {
    let _ = Shop;
}
