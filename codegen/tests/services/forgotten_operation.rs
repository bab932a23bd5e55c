//! A service without one of its operations, which must not compile.

use contract::{Conflict, CreateOrderError, CreateOrderRequest, CreateOrderResponse, Orders};
use writ_runtime::Context;

struct Shop;

impl Orders for Shop {
    async fn create_order(
        &self,
        _: &Context<()>,
        _: CreateOrderRequest,
    ) -> Result<CreateOrderResponse, CreateOrderError> {
        Err(Conflict::new("sold out"))?
    }
}

fn main() {
    let _ = Shop;
}
