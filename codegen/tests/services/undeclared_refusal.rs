//! A handler that returns a refusal of the runtime with status 409 although the contract declares only 404, which must not
//! compile.

use contract::{CreateOrderError, CreateOrderRequest, CreateOrderResponse};
use contract::{GetOrderError, GetOrderRequest, GetOrderResponse, Orders};
use writ_runtime::{Context, VersionConflict};

struct Shop;

impl Orders for Shop {
    async fn create_order(
        &self,
        _: &Context<()>,
        _: CreateOrderRequest,
    ) -> Result<CreateOrderResponse, CreateOrderError> {
        Err(VersionConflict { resource: "declared here", current: 1 })?
    }

    async fn get_order(
        &self,
        _: &Context<()>,
        _: GetOrderRequest,
    ) -> Result<GetOrderResponse, GetOrderError> {
        Err(VersionConflict { resource: "not declared here", current: 1 })?
    }
}

fn main() {
    let _ = Shop;
}
