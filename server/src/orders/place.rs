//! The placement of an order at the current prices, in one transaction.

use generated::latest::{CreateOrderError, NewOrder, Order, OrderPlaced, UnprocessableEntity};
use uuid::Uuid;
use writ_platform::Transaction;

use super::store::{self, Line};
use crate::carts;
use crate::events::{Events, not_published};
use crate::products::basket::{self, Prices, RequestedItem, Unsellable};
use crate::products::store::prices;

/// The source of the items of a new order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The request body of the new order contains the items.
    Body,
    /// The items of the new order are the content of the user's shopping cart.
    Cart,
}

/// The reason why a new order was not placed.
#[derive(Debug)]
pub enum PlaceError {
    /// The new order is for the content of a cart, but the cart is empty.
    EmptyCart,
    /// Some items of the new order cannot be ordered. The [`Origin`] of the items, request body or cart,
    /// determines how the error response names them.
    Unsellable(Unsellable, Origin),
    /// The database returned an error while the order was being placed.
    Database(sqlx::Error),
}

/// Places an order for `user`. An order of the cart's content (`fromCart`) empties the cart when the transaction
/// commits.
pub async fn place(
    transaction: &mut Transaction,
    events: &Events,
    user: Uuid,
    order: NewOrder,
) -> Result<Order, PlaceError> {
    let (requested, currency, origin): (Vec<RequestedItem>, _, _) = match order {
        NewOrder::OfItems(order) => {
            (order.items.into_iter().map(Into::into).collect(), Some(order.currency), Origin::Body)
        }
        NewOrder::FromCart(_) => (carts::store::take_out(transaction, user).await?, None, Origin::Cart),
    };
    let prices = prices(transaction, &requested).await?;
    // A cart has no currency. The price of the first item sets the currency of the order, and the prices of the
    // other items must have the same currency.
    let first = requested.first().and_then(|item| prices.get(&item.sku)).map(|price| price.currency);
    basket::check(&requested, &prices, currency.or(first)).map_err(|flaws| PlaceError::Unsellable(flaws, origin))?;
    let currency = currency.or(first).ok_or(PlaceError::EmptyCart)?;
    let order = store::insert(transaction, user, currency, &lines(requested, &prices)).await?;
    let data = OrderPlaced { user_id: order.user_id, total: order.total.clone(), items: order.items.clone() };
    events.order_created(transaction, order.id, &data).await.map_err(not_published)?;
    Ok(order)
}

fn lines(requested: Vec<RequestedItem>, prices: &Prices) -> Vec<Line> {
    let line = |item: RequestedItem| Some(Line { unit_price: prices.get(&item.sku)?.amount, requested: item });
    requested.into_iter().filter_map(line).collect()
}

impl From<sqlx::Error> for PlaceError {
    fn from(error: sqlx::Error) -> PlaceError {
        PlaceError::Database(error)
    }
}

impl From<PlaceError> for CreateOrderError {
    fn from(error: PlaceError) -> CreateOrderError {
        match error {
            PlaceError::EmptyCart => {
                UnprocessableEntity::new("the order has no items").detail("fromCart", "the cart is empty").into()
            }
            PlaceError::Unsellable(flaws, Origin::Body) => flaws.refusal(basket::field_of_sku).into(),
            PlaceError::Unsellable(flaws, Origin::Cart) => flaws.refusal(|_| "fromCart".to_owned()).into(),
            PlaceError::Database(error) => error.into(),
        }
    }
}
