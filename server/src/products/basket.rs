//! What somebody wants, held against what is for sale.

use std::collections::{HashMap, HashSet};

use generated::v1::{CartItem, Currency, Money, NewOrderItem, UnprocessableEntity};

/// So many of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name of the product.
    pub sku: String,
    /// How many.
    pub quantity: i32,
}

/// Prices by `sku`.
pub type Prices = HashMap<String, Money>;

/// Items that cannot be had: where each stands, and why. Never empty.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsellable(Vec<(usize, String)>);

/// Checks every item: for sale, wanted once, and sold in `currency` where that is said.
///
/// # Errors
/// Each item that fails, with its first reason.
pub fn check(wanted: &[Wanted], prices: &Prices, currency: Option<Currency>) -> Result<(), Unsellable> {
    let mut seen = HashSet::new();
    let mut reason = |sku: &str| match (prices.get(sku), currency) {
        (None, _) => Some(format!("{sku} is not for sale")),
        _ if !seen.insert(sku.to_owned()) => Some(format!("{sku} is wanted twice")),
        (Some(price), Some(currency)) if price.currency != currency => {
            Some(format!("{sku} is sold in {}, not in {currency}", price.currency))
        }
        _ => None,
    };
    let flaws: Vec<_> = wanted.iter().enumerate().filter_map(|(at, item)| Some((at, reason(&item.sku)?))).collect();
    if flaws.is_empty() { Ok(()) } else { Err(Unsellable(flaws)) }
}

impl Unsellable {
    /// The refusal, with a detail for each item at the field that `field` names by its place.
    pub fn refusal(self, field: impl Fn(usize) -> String) -> UnprocessableEntity {
        let refusal = UnprocessableEntity::new("not everything can be ordered");
        self.0.into_iter().fold(refusal, |refusal, (at, reason)| refusal.detail(field(at), reason))
    }
}

/// Where the `sku` of an item stands in a body.
pub fn field_of_sku(at: usize) -> String {
    format!("items[{at}].sku")
}

impl From<CartItem> for Wanted {
    fn from(item: CartItem) -> Wanted {
        Wanted { sku: item.sku, quantity: item.quantity }
    }
}

impl From<NewOrderItem> for Wanted {
    fn from(item: NewOrderItem) -> Wanted {
        Wanted { sku: item.sku, quantity: item.quantity }
    }
}

impl From<Wanted> for CartItem {
    fn from(wanted: Wanted) -> CartItem {
        CartItem { sku: wanted.sku, quantity: wanted.quantity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(skus: &[&str], currency: Option<Currency>) -> Result<(), Unsellable> {
        let price = |cents, currency| Money { amount: rust_decimal::Decimal::new(cents, 2), currency };
        let prices = [("ABC-1", price(1999, Currency::Eur)), ("ENV-100", price(995, Currency::Usd))];
        let prices = prices.map(|(sku, price)| (sku.to_owned(), price)).into();
        let wanted: Vec<_> = skus.iter().map(|sku| Wanted { sku: (*sku).to_owned(), quantity: 1 }).collect();
        check(&wanted, &prices, currency)
    }

    #[test]
    fn what_is_for_sale_can_be_had() {
        assert_eq!(checked(&["ABC-1"], Some(Currency::Eur)), Ok(()));
        assert_eq!(checked(&["ABC-1", "ENV-100"], None), Ok(()));
        assert_eq!(checked(&[], None), Ok(()));
    }

    #[test]
    fn every_item_that_cannot_be_had_is_named() {
        let flaws = checked(&["NIX-1", "ABC-1", "ENV-100", "ABC-1", "NIX-1"], Some(Currency::Eur)).unwrap_err();
        let expected = [
            (0, "NIX-1 is not for sale"),
            (2, "ENV-100 is sold in USD, not in EUR"),
            (3, "ABC-1 is wanted twice"),
            (4, "NIX-1 is not for sale"),
        ];
        assert_eq!(flaws.0, expected.map(|(at, reason)| (at, reason.to_owned())));
    }
}
