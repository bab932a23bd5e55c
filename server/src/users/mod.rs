//! The service of the tag `users`: registration, profiles and passwords.

mod api;
mod change;
mod list;
mod refusal;
mod store;

use crate::platform::Platform;
use crate::platform::cursor::Cursors;
use crate::platform::password::Passwords;
use store::Store;

/// The implementation of the generated trait [`Users`](generated::v1::Users): registration, profiles and
/// passwords.
#[derive(Debug, Clone)]
pub struct UserService {
    store: Store,
    passwords: Passwords,
    cursors: Cursors,
}

impl UserService {
    /// Creates the service for users from the infrastructure of the server ([`Platform`]).
    pub fn new(platform: &Platform) -> UserService {
        UserService {
            store: Store::new(platform),
            passwords: platform.passwords.clone(),
            cursors: platform.cursors.clone(),
        }
    }
}
