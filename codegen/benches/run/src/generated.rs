//! The benchmarked service as an implementation of the generated traits. Generated code does all checks of the
//! contract.

use std::sync::Arc;

use axum::Router;
use contract::{
    Api, CreateCustomerError, CreateCustomerRequest, CreateCustomerResponse, CreateOrderError, CreateOrderRequest,
    CreateOrderResponse, Customer, FindOffersError, FindOffersRequest, FindOffersResponse, ListProductsError,
    ListProductsResponse, Offers, Order, Product, Products,
};
use writ_runtime::{Context, NoAuthentication, OpenGate};

use crate::samples::{CUSTOMER, OFFERS};
use crate::types;

pub fn router(products: Vec<types::Product>) -> Router {
    let products = Arc::new(products.into_iter().map(product).collect());
    Api { authenticator: NoAuthentication, gate: OpenGate, shop: Shop { products } }.router()
}

struct Shop {
    products: Arc<Vec<Product>>,
}

impl contract::Shop for Shop {
    async fn find_offers(
        &self,
        _: &Context<()>,
        request: FindOffersRequest,
    ) -> Result<FindOffersResponse, FindOffersError> {
        let FindOffersRequest { shop_id, status, search, since, limit } = request;
        Ok(Offers { shop_id, status, search, since, limit, total: OFFERS }.into())
    }

    async fn create_customer(
        &self,
        _: &Context<()>,
        request: CreateCustomerRequest,
    ) -> Result<CreateCustomerResponse, CreateCustomerError> {
        Ok(Customer { id: CUSTOMER, email: request.body.email }.into())
    }

    async fn create_order(
        &self,
        _: &Context<()>,
        request: CreateOrderRequest,
    ) -> Result<CreateOrderResponse, CreateOrderError> {
        let order = request.body;
        Ok(Order {
            customer_id: order.customer_id,
            placed_at: order.placed_at,
            lines: order.lines.len() as i64,
            total: order.lines.iter().map(|line| line.unit_price * f64::from(line.quantity)).sum(),
        }
        .into())
    }

    async fn list_products(&self, _: &Context<()>) -> Result<ListProductsResponse, ListProductsError> {
        Ok(Products { products: self.products.to_vec() }.into())
    }
}

fn product(product: types::Product) -> Product {
    let types::Product { id, sku, name, description, price, stock, available, tags, created_at } = product;
    Product { id, sku, name, description, price, stock, available, tags, created_at }
}
