//! The service of the tag `users`: registration, profiles and passwords.

mod announce;
mod api;
mod change;
mod list;
mod name;
#[cfg(test)]
pub(crate) mod plans;
mod purge;
mod refusal;
mod seed;
mod store;
mod v1;

use writ_platform::credentials::Passwords;
use writ_platform::cursor::Cursors;

pub use announce::register_announcement;
pub use purge::register_purge;
pub use seed::register_administrator;
pub use v1::V1;

use crate::Shop;
use store::Store;

/// The implementation of the generated trait [`Users`](generated::latest::Users): registration, profiles and
/// passwords.
#[derive(Debug, Clone)]
pub struct UserService {
    store: Store,
    passwords: Passwords,
    cursors: Cursors,
}

impl UserService {
    /// Creates the service for users from the parts of the server.
    pub fn new(shop: &Shop) -> UserService {
        UserService { store: Store::new(shop), passwords: shop.passwords.clone(), cursors: shop.cursors.clone() }
    }
}
