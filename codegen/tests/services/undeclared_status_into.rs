//! A handler that converts a 409 with `into` although the contract declares only 404, which must not compile.

use contract::{Conflict, CreateOrderError, CreateOrderRequest, CreateOrderResponse};
use contract::{GetOrderError, GetOrderRequest, GetOrderResponse, Orders};
use writ_runtime::Context;

struct Shop;

impl Orders for Shop {
    async fn create_order(
        &self,
        _: &Context<()>,
        _: CreateOrderRequest,
    ) -> Result<CreateOrderResponse, CreateOrderError> {
        Err(Conflict::new("declared here").into())
    }

    async fn get_order(
        &self,
        _: &Context<()>,
        _: GetOrderRequest,
    ) -> Result<GetOrderResponse, GetOrderError> {
        Err(Conflict::new("not declared here").into())
    }
}

fn main() {
    let _ = Shop;
}
