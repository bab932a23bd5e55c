//! The service of the shop. It runs until its standard input ends.

use contract::{Api, Conflict, CreateOrderError, CreateOrderRequest, CreateOrderResponse};
use contract::{GetOrderError, GetOrderRequest, GetOrderResponse, NotFound, Order, Orders};
use writ_runtime::exports::axum;
use writ_runtime::{Context, NoAuthentication, OpenGate};

struct Shop;

/// The errors of the domain, a plain enum with one conversion into the operation's error.
enum OrderFailure {
    OutOfStock(String),
}

impl From<OrderFailure> for CreateOrderError {
    fn from(failure: OrderFailure) -> Self {
        match failure {
            OrderFailure::OutOfStock(sku) => Conflict::new(format!("{sku} is sold out")).code("OUT_OF_STOCK").into(),
        }
    }
}

fn reserve(sku: &str) -> Result<i64, OrderFailure> {
    match sku.starts_with("OUT") {
        true => Err(OrderFailure::OutOfStock(sku.to_owned())),
        false => Ok(1),
    }
}

impl Orders for Shop {
    async fn create_order(
        &self,
        _: &Context<()>,
        request: CreateOrderRequest,
    ) -> Result<CreateOrderResponse, CreateOrderError> {
        let id = reserve(&request.body.sku)?;
        Ok(Order { id, sku: request.body.sku, quantity: request.body.quantity }.into())
    }

    async fn get_order(
        &self,
        _: &Context<()>,
        request: GetOrderRequest,
    ) -> Result<GetOrderResponse, GetOrderError> {
        if request.order_id == 500 {
            Err(std::io::Error::other("the disk is gone"))?;
        }
        Err(NotFound::new("order"))?
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let router = Api { authenticator: NoAuthentication, gate: OpenGate, orders: Shop }.router();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    axum::serve(listener, router).await
}
