//! Users: registration and profiles.

mod api;
mod change;
mod list;
mod refusal;
mod store;

use crate::platform::Platform;
use crate::platform::cursor::Cursors;
use crate::platform::password::Passwords;
use store::Store;

/// Implements the contract's `users`.
#[derive(Debug, Clone)]
pub struct UserService {
    store: Store,
    passwords: Passwords,
    cursors: Cursors,
}

impl UserService {
    /// Users in their database.
    pub fn new(platform: &Platform) -> UserService {
        UserService {
            store: Store::new(platform),
            passwords: platform.passwords.clone(),
            cursors: platform.cursors.clone(),
        }
    }
}
