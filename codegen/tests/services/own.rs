//! The service of the contract with types of the implementer. It runs until its standard input ends.

use contract::{Api, Availability, Stock};
use contract::{FetchItemError, FetchItemRequest, FetchItemResponse, StoreItemError, StoreItemRequest, StoreItemResponse};
use contract::Article;
use own_types::{Money, Sku};
use writ_runtime::exports::axum;
use writ_runtime::{Context, NoAuthentication, OpenGate, Patch};

struct Store;

impl Stock for Store {
    async fn fetch_item(&self, _: &Context<()>, request: FetchItemRequest) -> Result<FetchItemResponse, FetchItemError> {
        let sku: Sku = request.sku.0;
        let local = request.client_address.is_some_and(|address| address.is_loopback());
        let body = Article {
            price: Money(i64::from(sku.number)),
            old_price: Patch::Null,
            floor: request.price.unwrap_or(Money(1)),
            category: Some(if local { "local" } else { "remote" }.to_owned()),
            replaces: request.x_skus,
            stock: None,
            related: None,
            status: Availability::Available,
            scale: None,
            since: None,
            sku: sku.clone().into(),
        };
        Ok(FetchItemResponse { x_sku: sku.into(), body })
    }

    async fn store_item(&self, _: &Context<()>, request: StoreItemRequest) -> Result<StoreItemResponse, StoreItemError> {
        Ok(request.body.into())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let router = Api { authenticator: NoAuthentication, gate: OpenGate, stock: Store }.router();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    axum::serve(listener, router).await
}
