//! Placing an order: what is wanted, at our prices, in one transaction.

use generated::v1::{CreateOrderError, NewOrder, Order, UnprocessableEntity};
use sqlx::PgConnection;
use uuid::Uuid;

use super::store::{self, Line};
use crate::carts;
use crate::products::basket::{self, Prices, Unsellable, Wanted};
use crate::products::store::prices;

/// Where the items of an order come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The body.
    Body,
    /// The cart.
    Cart,
}

/// Why an order cannot be placed.
#[derive(Debug)]
pub enum PlaceError {
    /// The cart holds nothing.
    EmptyCart,
    /// Some of it cannot be had.
    Unsellable(Unsellable, Origin),
    /// The database failed.
    Database(sqlx::Error),
}

/// Places an order of `user`. With `fromCart` the cart is empty afterwards, if the transaction commits.
pub async fn place(connection: &mut PgConnection, user: Uuid, order: NewOrder) -> Result<Order, PlaceError> {
    let (wanted, asked, origin): (Vec<Wanted>, _, _) = match order {
        NewOrder::OfItems(order) => {
            (order.items.into_iter().map(Into::into).collect(), Some(order.currency), Origin::Body)
        }
        NewOrder::FromCart(_) => (carts::store::take_out(connection, user).await?, None, Origin::Cart),
    };
    let prices = prices(connection, &wanted).await?;
    // A cart says no currency: its first item decides, and the others have to follow.
    let first = wanted.first().and_then(|item| prices.get(&item.sku)).map(|price| price.currency);
    basket::check(&wanted, &prices, asked.or(first)).map_err(|flaws| PlaceError::Unsellable(flaws, origin))?;
    let currency = asked.or(first).ok_or(PlaceError::EmptyCart)?;
    Ok(store::insert(connection, user, currency, &lines(wanted, &prices)).await?)
}

fn lines(wanted: Vec<Wanted>, prices: &Prices) -> Vec<Line> {
    let line = |item: Wanted| Some(Line { unit_price: prices.get(&item.sku)?.amount, wanted: item });
    wanted.into_iter().filter_map(line).collect()
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
                UnprocessableEntity::new("there is nothing to order").detail("fromCart", "the cart is empty").into()
            }
            PlaceError::Unsellable(flaws, Origin::Body) => flaws.refusal(basket::field_of_sku).into(),
            PlaceError::Unsellable(flaws, Origin::Cart) => flaws.refusal(|_| "fromCart".to_owned()).into(),
            PlaceError::Database(error) => error.into(),
        }
    }
}
