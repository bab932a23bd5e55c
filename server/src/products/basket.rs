//! The check that all items of a cart or a new order can be ordered.

use std::collections::{HashMap, HashSet};

use generated::latest::{CartItem, Currency, Money, NewOrderItem, UnprocessableEntity};

/// A product that a cart or a new order requests, and its quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedItem {
    /// The SKU (stock keeping unit) that identifies the requested product.
    pub sku: String,
    /// The requested number of units of the product.
    pub quantity: i32,
}

/// The prices of products by SKU, for checking requested items.
pub type Prices = HashMap<String, Money>;

/// The items of a cart or a new order that cannot be ordered: the index of each item and the reason. The list is
/// never empty.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsellable(Vec<(usize, String)>);

/// Checks that each requested item is for sale, occurs once, and has a price in `currency` if a currency is
/// given.
///
/// # Errors
/// Returns every requested item that cannot be ordered, with the first reason.
pub fn check(requested: &[RequestedItem], prices: &Prices, currency: Option<Currency>) -> Result<(), Unsellable> {
    let mut seen = HashSet::new();
    let mut reason = |sku: &str| match (prices.get(sku), currency) {
        (None, _) => Some(format!("{sku} is not for sale")),
        _ if !seen.insert(sku.to_owned()) => Some(format!("{sku} occurs more than once")),
        (Some(price), Some(currency)) if price.currency != currency => {
            Some(format!("{sku} is sold in {}, not in {currency}", price.currency))
        }
        _ => None,
    };
    let flaws: Vec<_> =
        requested.iter().enumerate().filter_map(|(index, item)| Some((index, reason(&item.sku)?))).collect();
    if flaws.is_empty() { Ok(()) } else { Err(Unsellable(flaws)) }
}

impl Unsellable {
    /// Returns the error response with 422 and one detail for each item that cannot be ordered. `field` converts
    /// the index of an item into the name of the request field that the detail reports.
    pub fn refusal(self, field: impl Fn(usize) -> String) -> UnprocessableEntity {
        let refusal = UnprocessableEntity::new("some items cannot be ordered");
        self.0.into_iter().fold(refusal, |refusal, (index, reason)| refusal.detail(field(index), reason))
    }
}

/// Returns the path of the SKU field of an item in a request body, for an error detail.
pub fn field_of_sku(index: usize) -> String {
    format!("items[{index}].sku")
}

impl From<CartItem> for RequestedItem {
    fn from(item: CartItem) -> RequestedItem {
        RequestedItem { sku: item.sku, quantity: item.quantity }
    }
}

impl From<NewOrderItem> for RequestedItem {
    fn from(item: NewOrderItem) -> RequestedItem {
        RequestedItem { sku: item.sku, quantity: item.quantity }
    }
}

impl From<RequestedItem> for CartItem {
    fn from(requested: RequestedItem) -> CartItem {
        CartItem { sku: requested.sku, quantity: requested.quantity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(skus: &[&str], currency: Option<Currency>) -> Result<(), Unsellable> {
        let price = |cents, currency| Money { amount: rust_decimal::Decimal::new(cents, 2), currency };
        let prices = [("ABC-1", price(1999, Currency::Eur)), ("ENV-100", price(995, Currency::Usd))];
        let prices = prices.map(|(sku, price)| (sku.to_owned(), price)).into();
        let requested: Vec<_> = skus.iter().map(|sku| RequestedItem { sku: (*sku).to_owned(), quantity: 1 }).collect();
        check(&requested, &prices, currency)
    }

    #[test]
    fn products_that_are_for_sale_can_be_ordered() {
        assert_eq!(checked(&["ABC-1"], Some(Currency::Eur)), Ok(()));
        assert_eq!(checked(&["ABC-1", "ENV-100"], None), Ok(()));
        assert_eq!(checked(&[], None), Ok(()));
    }

    #[test]
    fn every_item_that_cannot_be_ordered_is_reported() {
        let flaws = checked(&["NIX-1", "ABC-1", "ENV-100", "ABC-1", "NIX-1"], Some(Currency::Eur)).unwrap_err();
        let expected = [
            (0, "NIX-1 is not for sale"),
            (2, "ENV-100 is sold in USD, not in EUR"),
            (3, "ABC-1 occurs more than once"),
            (4, "NIX-1 is not for sale"),
        ];
        assert_eq!(flaws.0, expected.map(|(index, reason)| (index, reason.to_owned())));
    }
}
